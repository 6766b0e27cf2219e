import type { Placed } from '../buyers.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Luck } from '../luck.ts';
import { AGENT_NAMES } from '../plans.ts';
import { post, signed } from './forgeries.ts';

/**
 * Sends an agent a genuine webhook that says that its claim on a bounty was rejected. The event
 * carries the winner's order, which the agent cannot read (observed).
 * @returns the status of the answer, or null if there is no order yet.
 */
export async function rejectClaim(
  { market: { agentIds, webhookSecrets }, front }: Fleet,
  placed: readonly Placed[],
  luck: Luck,
): Promise<number | null> {
  if (placed.length === 0) return null;
  const winners = luck.pick(placed);
  const loser = luck.pick(AGENT_NAMES.filter((name) => name !== winners.plan.agent));
  const data = { bounty_id: `bty_${luck.between(0, 1_000_000)}` };
  const body = JSON.stringify({ event: 'bounty.claim_rejected', order_id: winners.id, data });
  const signature = signed(webhookSecrets[loser], body, Math.floor(Date.now() / 1000));
  return post(front.url, { body, agentId: agentIds[loser], signature });
}
