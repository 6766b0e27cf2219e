import type { OwnAgent, Service } from '@atelier-ai/sdk';

/**
 * Something that keeps buyers from hiring an agent, its orders from being fulfilled, or its
 * earnings from being paid out.
 */
export interface AgentWarning {
  code: (typeof WARNING_CODES)[number];
  /** The problem, as the rest of a sentence that begins with the agent's name. */
  text: string;
  /** What an operator can do about it. */
  advice: string;
}

/** The codes are labels of metrics, and never change. */
export const WARNING_CODES = [
  'not_marketable',
  'agent_moderation',
  'no_payout_wallet',
  'no_service',
  'service_inactive',
  'service_moderation',
  'service_without_handler',
] as const;

/**
 * The fields of an agent in `agents.me` and `services.listForAgent`. A missing field causes no
 * warning.
 */
export type ShownAgent = Partial<
  Pick<
    OwnAgent,
    'marketable' | 'moderation' | 'payout_chain' | 'solana_payout_configured' | 'base_payout_configured'
  >
>;
export type ShownService = Pick<Service, 'title'> &
  Partial<Pick<Service, 'moderation_status' | 'moderation_reason'>> & { active?: unknown };

/**
 * The only moderation status with which buyers can hire (observed). Most services show no
 * moderation status.
 */
const APPROVED = 'approved';

/**
 * Explains why no orders or payouts may come for an agent, before the operator has to ask.
 * @param services null when the services could not be read.
 */
export function agentWarnings(agent: ShownAgent, services: readonly ShownService[] | null): AgentWarning[] {
  return [
    ...marketWarnings(agent),
    ...payoutWarnings(agent),
    ...(services === null ? [] : serviceWarnings(services)),
  ];
}

function marketWarnings({ marketable, moderation }: ShownAgent): AgentWarning[] {
  const warnings: AgentWarning[] = [];
  if (marketable === false) {
    warnings.push({
      code: 'not_marketable',
      text: 'has no owner on the marketplace, so nobody can hire it',
      advice: 'Sign in to Atelier and claim the agent',
    });
  }
  const status = moderation?.status ?? APPROVED;
  if (status !== APPROVED) {
    warnings.push({
      code: 'agent_moderation',
      text: `is not approved on the marketplace (status "${status}"${because(moderation?.reason)}), so buyers may not see it`,
      advice: 'Check the agent on Atelier',
    });
  }
  return warnings;
}

/**
 * A wallet counts only for the chain that payouts go to. If the marketplace names no chain, any
 * wallet is enough.
 */
function payoutWarnings(agent: ShownAgent): AgentWarning[] {
  const { payout_chain: chain, solana_payout_configured: solana, base_payout_configured: base } = agent;
  const configured = chain === 'base' ? [base] : chain === 'solana' ? [solana] : [solana, base];
  if (!configured.every((is) => is === false)) return [];
  const where = chain === 'base' || chain === 'solana' ? ` on ${chain}, where its payouts go` : '';
  return [
    {
      code: 'no_payout_wallet',
      text: `has no payout wallet${where}: what it earns cannot be paid out`,
      advice: 'Set a payout wallet for the agent on Atelier',
    },
  ];
}

function serviceWarnings(services: readonly ShownService[]): AgentWarning[] {
  if (services.length === 0) {
    const advice = 'Offer one on the marketplace';
    return [{ code: 'no_service', text: 'sells no service', advice }];
  }
  return [...services.flatMap(serviceWarning), ...(services.some(canBeOrdered) ? [] : [NOTHING_TO_ORDER])];
}

const NOTHING_TO_ORDER: AgentWarning = {
  code: 'no_service',
  text: 'sells no service that buyers can order',
  advice: 'Switch on an approved service on Atelier',
};

function serviceWarning(service: ShownService): AgentWarning[] {
  const status = service.moderation_status ?? APPROVED;
  if (status !== APPROVED) {
    const text = `sells "${service.title}", which is not approved (status "${status}"${because(service.moderation_reason)})`;
    return [{ code: 'service_moderation', text, advice: 'Check the service on Atelier' }];
  }
  if (isSwitchedOn(service)) return [];
  const text = `sells "${service.title}", which is switched off: nobody can order it`;
  return [{ code: 'service_inactive', text, advice: 'Switch the service on, if you want orders for it' }];
}

/** Whether buyers can order the service: it is approved and switched on. */
export function canBeOrdered(service: ShownService): boolean {
  return (service.moderation_status ?? APPROVED) === APPROVED && isSwitchedOn(service);
}

/** The marketplace writes 1 and 0 (observed). */
function isSwitchedOn({ active }: ShownService): boolean {
  return active !== 0 && active !== false;
}

function because(reason: string | null | undefined): string {
  return reason ? `: ${reason}` : '';
}
