import type { OrderSummary } from '@fulfillment/platform';
import { cutWithEllipsis } from '@fulfillment/shared';
import type { AttentionRow } from '../database/schema.ts';
import type { ProjectionSource } from './source.ts';
import { redacted, storable, storableOrNull } from './text.ts';

type Item = OrderSummary['attention'][number];

/** In UTF-16 units. */
const LONGEST_TITLE = 200;
const LONGEST_DETAIL = 200;
/** Numbers and ids that differ between two errors with the same cause. */
const VARYING = /\b(?=[\w-]*\d)[\w-]{6,}\b|\d{2,}/g;

/** What an order waits for a human for. */
export function projectAttention(key: string, { summary, attentionSince }: ProjectionSource): AttentionRow[] {
  return summary.attention.map((item) => ({
    order_key: key,
    key: storable(item.key),
    cause: item.cause,
    ...attentionGroup(item),
    reason: redacted(item.reason),
    actions: item.actions.join(','),
    round: 'round' in item ? item.round : null,
    step_key: 'stepKey' in item ? storableOrNull(item.stepKey) : null,
    is_urgent: 'isUrgent' in item && item.isUrgent ? 1 : 0,
    opened_at: attentionSince.get(item.key) ?? null,
  }));
}

/** The attentions that share these three texts form a group, on which an operator acts at once. */
export function attentionGroup(item: Item): Pick<AttentionRow, 'kind' | 'title' | 'detail'> {
  return {
    kind: item.kind,
    title: cutWithEllipsis(redacted(item.title), LONGEST_TITLE),
    detail: groupDetail(item),
  };
}

/**
 * What distinguishes attentions with the same title: the first line of the error. The words of a
 * buyer distinguish nothing, because each buyer writes other words.
 */
function groupDetail(item: Item): string {
  if (item.kind === 'unread' || item.kind === 'dispute' || !('detail' in item) || item.detail === null)
    return '';
  const [line = ''] = redacted(item.detail).trim().split('\n');
  return cutWithEllipsis(line.replace(VARYING, '…'), LONGEST_DETAIL);
}
