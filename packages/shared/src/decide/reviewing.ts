import type { Policy } from '../policy.ts';
import type { OrderRecord } from '../record.ts';
import { generatedOf, verdictOn } from '../review.ts';
import type { Round } from '../rounds.ts';
import { type Attention, MINUTE } from './decision.ts';

/**
 * Whether an operator must look at what a round made before it is published or delivered.
 * @param due when the round's delivery is due, in ms since the epoch.
 * @returns what they are asked; null when the round may go on.
 */
export function reviewing(
  record: OrderRecord,
  { review }: Policy,
  round: Round,
  due: number,
  now: number,
): Attention | null {
  const made = generatedOf(record, round);
  if (!made?.review) return null;
  const { draft, handler } = made;
  const verdict = verdictOn(record, round, draft);
  if (verdict?.verdict === 'approve') return null;
  if (verdict?.verdict === 'refuse') {
    const reason = `${verdict.by} refuses to deliver round ${round}: ${verdict.note} Settle it with the buyer on Atelier, or have it made again.`;
    return { key: `refused:${round}:${draft}`, reason, actions: ['regenerate', 'approve'], round, draft };
  }
  if (now >= due && review.atDeadline === 'deliver') return null;
  const after =
    review.atDeadline === 'deliver' ? 'Then it is delivered as it is.' : 'It is not delivered without you.';
  const time =
    now >= due
      ? ' It is overdue.'
      : now >= due - review.warnMinutes * MINUTE
        ? ` It is due in less than ${Math.ceil((due - now) / MINUTE)} minutes. ${after}`
        : '';
  return {
    key: `review:${round}:${draft}`,
    reason: `Handler "${handler}" made round ${round}, and asks you to look at it before it is delivered.${time}`,
    actions: ['approve', 'regenerate', 'refuse'],
    round,
    draft,
  };
}
