import type { AttentionCause, AttentionDetails } from './details.ts';

/**
 * The first part of a cause's keys, if it differs from the cause. Stored acknowledgements and
 * releases contain the keys: never change them.
 */
const PREFIXES: { readonly [C in AttentionCause]?: string } = {
  quote_declined: 'refused',
  draft_declined: 'refused',
  brief_declined: 'brief_refused',
  read_denied: 'unreadable',
  read_failing: 'unreadable',
  quote_contradicted: 'contradicted',
  delivery_contradicted: 'contradicted',
  disputed_again: 'contradicted',
};

/**
 * Identifies an attention within its order. The same cause keeps the same key, whatever its texts
 * say. An acknowledgement covers the attention with this key and no other.
 */
export function attentionKey(details: AttentionDetails): string {
  if (details.cause === 'delivery_unknown') return `${details.status}_unknown`;
  return [PREFIXES[details.cause] ?? details.cause, ...partsOf(details)].join(':');
}

function partsOf(details: AttentionDetails): (string | number)[] {
  switch (details.cause) {
    case 'failed':
    case 'stopped':
    case 'rate_limited':
    case 'put_off':
    case 'late':
      return [details.stepKey, details.attempt];
    case 'held_up':
      return [details.stepKey, details.attempt, details.start];
    case 'quote_declined':
      return details.attempt === 0 ? [] : [details.attempt];
    case 'beyond_max_revisions':
    case 'no_feedback':
    case 'disputed':
    case 'delivery_contradicted':
    case 'disputed_again':
    case 'overwritten':
      return [details.round];
    case 'review':
    case 'draft_declined':
      return [details.round, details.draft];
    case 'not_redelivered':
      return [details.round, details.index];
    case 'payout_failed':
    case 'payout_unseen':
      return details.attempt === 0 ? [] : [details.attempt];
    case 'payout_already_paid':
    case 'payout_no_wallet':
    case 'payout_retry_rejected':
      return [details.attempt];
    case 'read_denied':
      return [details.reads, 'refusal'];
    case 'read_failing':
      return [details.reads];
    case 'unknown_status':
      return [details.rawStatus];
    case 'quote_contradicted':
      return ['quote'];
    case 'unread_message':
      return [details.readUntil];
    case 'brief_declined':
    case 'no_brief':
    case 'quote_expired':
    case 'service_unknown':
    case 'payout_failed_early':
    case 'completed_undelivered':
    case 'delivery_unknown':
      return [];
  }
}

/** Whether a key belongs to a cause, or to a cause whose keys begin in the same way. */
export function isKeyOf(key: string, cause: AttentionCause): boolean {
  return parseAttentionKey(key).prefix === (PREFIXES[cause] ?? cause);
}

/** The parts of a key that later code depends on. */
export interface ParsedAttentionKey {
  /** The first part of the key. It names the cause, or several similar causes. */
  prefix: string;
  /** The step of a failed step's key. */
  stepKey?: string;
  /** The last message that an acknowledgement covers. See `AttentionDetails`. */
  readUntil?: number;
}

/** Reads a key of this or an earlier version. */
export function parseAttentionKey(key: string): ParsedAttentionKey {
  const [prefix = '', ...rest] = key.split(':');
  if (prefix === 'failed') return { prefix, stepKey: rest.slice(0, -1).join(':') };
  if (prefix === 'unread_message') return { prefix, readUntil: Number(rest[0]) };
  return { prefix };
}
