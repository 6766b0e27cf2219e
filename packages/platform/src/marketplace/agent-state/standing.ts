import type { AgentEntry } from './registry.ts';
import type { AgentWarning } from './warnings.ts';

/** Whether an agent can earn. Null: nothing has checked the agent yet. */
export interface AgentStanding {
  /** Whether buyers can find the agent and order one of its services. */
  canBeHired: boolean | null;
  /** Whether the agent has a wallet for its payouts. */
  canBePaid: boolean | null;
}

/** The warnings without which buyers can hire an agent. */
const AGAINST_HIRING: ReadonlySet<AgentWarning['code']> = new Set([
  'not_marketable',
  'agent_moderation',
  'no_service',
]);

/** Whether an agent can earn, by the warnings of its last check. */
export function agentStanding({
  warnings,
  warningsAt,
}: Pick<AgentEntry, 'warnings' | 'warningsAt'>): AgentStanding {
  if (warningsAt === null) return { canBeHired: null, canBePaid: null };
  return {
    canBeHired: !warnings.some(({ code }) => AGAINST_HIRING.has(code)),
    canBePaid: !warnings.some(({ code }) => code === 'no_payout_wallet'),
  };
}
