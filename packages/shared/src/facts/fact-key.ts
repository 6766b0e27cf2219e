import type { Fact } from './facts.ts';

/** Which happening a fact is. Two facts with the same key are the same happening; the first one written stays. */
export function factKey(fact: Fact): string {
  switch (fact.type) {
    case 'seen':
      return `seen:${fact.status}:${fact.revisionCount}`;
    case 'heard':
    case 'dispute_opened':
    case 'buyer_message':
      return `${fact.type}:${fact.bodyHash}${inMinute(fact.sentAt)}`;
    case 'revision_requested':
      return `revision_requested:${fact.revision}`;
    case 'payout':
      return `payout:${fact.outcome}${fact.reason === null ? '' : ':with_reason'}`;
    case 'not_ours':
      return `not_ours:${fact.hints}`;
    case 'service_unread':
      return `service_unread:${fact.cause}:${fact.serviceId}`;
    case 'began':
      return `began:${fact.step}:${fact.round}:${fact.attempt}:${fact.start}`;
    case 'returned':
    case 'held_up':
    case 'try_failed':
      return `${fact.type}:${fact.step}:${fact.round}:${fact.attempt}:${fact.start}`;
    case 'put_off':
      return `put_off:${fact.step}:${fact.round}:${fact.attempt}:${fact.index}`;
    case 'used':
      return `used${fact.step === 'generate' ? '' : `:${fact.step}`}:${fact.round}:${fact.attempt}:${fact.start}:${fact.index}`;
    case 'remembered':
      return `remembered:${fact.round}:${fact.attempt}:${fact.start}:${fact.index}`;
    case 'kept':
      return `kept:${fact.round}:${fact.draft}:${fact.attempt}`;
    case 'refused':
      return fact.step === 'price' && fact.attempt === 0 ? 'refused' : `refused:${fact.step}:${fact.attempt}`;
    case 'answer_found':
    case 'thread_too_long':
    case 'delivered':
      return `${fact.type}:${fact.round}`;
    case 'payout_retry_asked':
    case 'payout_retry_answered':
      return `${fact.type}:${fact.index}`;
    case 'delivery_overwritten':
    case 'redelivery_intended':
    case 'redelivered':
      return `${fact.type}:${fact.round}:${fact.index}`;
    case 'thread_unreadable':
      return `thread_unreadable:${fact.round}${ofLater(fact.index)}`;
    case 'thread_readable':
      return `thread_readable:${fact.round}:${fact.index}`;
    case 'operator_released':
      return `operator_released:${fact.round}${fact.attentionKey === undefined ? '' : `:${fact.attentionKey}`}`;
    case 'generated':
    case 'delivery_intended':
      return `${fact.type}:${fact.round}${ofLater(fact.draft)}`;
    case 'reviewed':
      return `reviewed:${fact.round}:${fact.draft}:${fact.verdict}`;
    case 'review_due':
      return `review_due:${fact.round}:${fact.draft}`;
    case 'published':
      return `published:${fact.round}${ofLater(fact.draft)}:${fact.index}`;
    case 'message_intended':
    case 'message_sent':
    case 'message_dropped':
      return `${fact.type}:${fact.kind}:${fact.round}`;
    case 'read_failed':
      return `read_failed:${fact.reads === undefined ? fact.observedAt : `after_${fact.reads}`}${fact.isRefusal ? ':refusal' : ''}`;
    case 'failed':
    case 'rate_limited':
    case 'operator_retried':
      return `${fact.type}:${fact.stepKey}:${fact.attempt}`;
    case 'operator_acknowledged':
      return `operator_acknowledged:${fact.attentionKey}`;
    case 'bounty_accepted':
    case 'priced':
    case 'quote_intended':
    case 'quoted':
    case 'buyer_review':
    case 'completed':
      return fact.type;
  }
}

const MINUTE_MS = 60_000;

/**
 * The part of a key that tells an event from one with the same body at another time. The record store takes an event for a repeat when
 * one with the same body is of this minute, or of one beside it: the tries of one event are seconds apart.
 */
function inMinute(sentAt: number | undefined): string {
  return sentAt === undefined ? '' : `:@${Math.floor(sentAt / MINUTE_MS)}`;
}

/** The part of a key that tells a later one, such as a draft, from the first. */
function ofLater(index: number | undefined): string {
  return index === undefined || index === 0 ? '' : `:${index}`;
}
