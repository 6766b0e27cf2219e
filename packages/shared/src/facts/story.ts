import { cutWithEllipsis } from '../text/cut-text.ts';
import type { CostlyCall, Fact, Usage } from './facts.ts';

/** Who used something that costs. */
const USER: Record<CostlyCall, (round: string) => string> = {
  price: () => 'pricing',
  generate: (round) => `round ${round}`,
  review: (round) => `whether to look at round ${round}`,
};

/** A fact in a short sentence, for people: the order's story is its facts in a row. */
export function describeFact(fact: Fact): string {
  switch (fact.type) {
    case 'seen':
      return `seen as ${fact.status} (by ${fact.via})`;
    case 'heard':
      return `webhook ${fact.event}`;
    case 'revision_requested':
      return `buyer asks for revision ${fact.revision}: ${quoted(fact.feedback)}`;
    case 'dispute_opened':
      return `buyer disputes: ${quoted(fact.reason)}`;
    case 'buyer_message':
      return `buyer writes: ${quoted(fact.content)}`;
    case 'bounty_accepted':
      return `bounty claim accepted, due within ${fact.deadlineHours ?? 'unknown'} h`;
    case 'payout':
      return fact.outcome === 'sent'
        ? `payout sent: ${fact.amountUsd ?? '?'} USD`
        : `payout failed: ${fact.reason ?? 'no reason given'}`;
    case 'answer_found':
      return `buyer answers for round ${fact.round}: ${quoted(fact.content)}`;
    case 'thread_too_long':
      return `thread too long to find an answer for round ${fact.round}`;
    case 'thread_unreadable':
      return `thread cannot be read for an answer for round ${fact.round}: ${fact.reason}`;
    case 'thread_readable':
      return `thread can be read again for round ${fact.round}`;
    case 'not_ours':
      return `the order is another agent's: ${fact.reason}`;
    case 'service_unread':
      return `service ${fact.serviceId} cannot be read: ${fact.reason}`;
    case 'began':
      return `${fact.step} begins with handler "${fact.handler}", round ${fact.round}, start ${fact.start + 1}`;
    case 'try_failed':
      return `${fact.step} of round ${fact.round}, start ${fact.start + 1}, failed: ${quoted(fact.reason)}`;
    case 'held_up':
      return `${fact.step} of round ${fact.round} cannot begin: ${quoted(fact.reason)}`;
    case 'returned':
      return `${fact.step} of round ${fact.round} returned to the queue: its worker was stopped`;
    case 'put_off':
      return `${fact.step} of round ${fact.round} waits ${Math.ceil(fact.waitSeconds)} s: ${fact.reason}`;
    case 'used':
      return `${USER[fact.step](fact.round)} used ${fact.what}: ${describeUsage(fact)}`;
    case 'remembered':
      return `handler remembers ${quoted(fact.json)} for round ${fact.round}`;
    case 'kept':
      return `what round ${fact.round} made is kept until the artifact store takes it: ${quoted(fact.reason)}`;
    case 'priced':
      return `handler "${fact.handler}" asks ${fact.priceUsd} USD${fact.validHours === undefined ? '' : `, valid for ${fact.validHours} h`}`;
    case 'refused':
      return `handler "${fact.handler}" refuses ${fact.step === 'price' ? 'to quote' : 'the brief'}: ${quoted(fact.reason)}`;
    case 'generated':
      return `round ${fact.round} generated${ofDraft(fact.draft)}: ${fact.products.map((product) => product.mediaType).join(', ')}`;
    case 'published':
      return `file ${fact.index + 1} of round ${fact.round} uploaded to the marketplace`;
    case 'quote_intended':
      return `about to quote ${fact.priceUsd} USD`;
    case 'delivery_intended':
      return `about to deliver round ${fact.round}`;
    case 'message_intended':
      return `about to write "${fact.kind}" for round ${fact.round}`;
    case 'quoted':
      return `quoted ${fact.priceUsd} USD${found(fact.found)}`;
    case 'delivered':
      return `round ${fact.round} delivered: ${fact.deliverables.length} deliverable(s)${found(fact.found)}`;
    case 'delivery_overwritten':
      return `round ${fact.round} shown as unpaid work again, with our deliverables in the order`;
    case 'redelivery_intended':
      return `about to deliver round ${fact.round} again`;
    case 'redelivered':
      return `round ${fact.round} delivered again, time ${fact.index + 1}${found(fact.found)}`;
    case 'message_sent':
      return `message "${fact.kind}" sent for round ${fact.round}${found(fact.found)}`;
    case 'message_dropped':
      return `message "${fact.kind}" for round ${fact.round} given up: ${fact.reason}`;
    case 'buyer_review':
      return `buyer reviews: ${fact.rating ?? 'no'} star(s)${fact.comment === null ? '' : `, ${quoted(fact.comment)}`}`;
    case 'completed':
      return `completed: price ${fact.priceUsd ?? '?'}, fee ${fact.feeUsd ?? '?'}, net ${fact.netUsd ?? '?'} USD`;
    case 'read_failed':
      return `cannot be read now: ${fact.reason}`;
    case 'failed':
      return `${fact.stepKey} failed for good: ${fact.reason}`;
    case 'payout_retry_asked':
      return `${fact.by} asks Atelier to retry the payout`;
    case 'payout_retry_answered':
      return fact.outcome === 'accepted'
        ? 'Atelier retries the payout'
        : `Atelier does not retry the payout (${fact.outcome}): ${quoted(fact.reason)}`;
    case 'rate_limited':
      return `${fact.stepKey} waits for the marketplace's rate limit: ${fact.reason}`;
    case 'operator_retried':
      return `${fact.by} retries ${fact.stepKey}`;
    case 'operator_released':
      return `${fact.by} releases round ${fact.round}${fact.attentionKey === undefined ? '' : ` (${fact.attentionKey})`}`;
    case 'review_due':
      return `round ${fact.round} waits to be looked at, and is due soon${ofDraft(fact.draft)}`;
    case 'reviewed':
      return `${fact.by} ${VERDICT_WORDS[fact.verdict]} round ${fact.round}${fact.note === '' ? '' : `: ${quoted(fact.note)}`}`;
    case 'operator_acknowledged':
      return `${fact.by} takes note of ${fact.attentionKey}`;
  }
}

/** What was used, for people: `1200 tokens in, 300 out, 0.0042 USD`. */
export function describeUsage({
  inputTokens,
  cachedInputTokens,
  outputTokens,
  images,
  costUsd,
}: Usage): string {
  const cached =
    cachedInputTokens === null || cachedInputTokens === 0 ? '' : ` (${cachedInputTokens} cached)`;
  const parts = [
    inputTokens === null ? null : `${inputTokens} tokens in${cached}`,
    outputTokens === null ? null : `${outputTokens} tokens out`,
    images === null ? null : `${images} image(s)`,
    costUsd === null ? 'cost unknown' : `${Number(costUsd.toFixed(6))} USD`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

const VERDICT_WORDS = {
  approve: 'approves',
  regenerate: 'has made again',
  refuse: 'refuses to deliver',
} as const;

const LONGEST_QUOTE = 121;

/** The beginning of a text that somebody else wrote, on one line and in quotation marks: for sentences of ours. */
export function quoted(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return `"${cutWithEllipsis(flat, LONGEST_QUOTE)}"`;
}

/** Told of a draft that an operator had made, not of the first. */
function ofDraft(draft: number): string {
  return draft === 0 ? '' : ` (draft ${draft + 1})`;
}

function found(wasFound: boolean): string {
  return wasFound ? ' (found on the marketplace)' : '';
}
