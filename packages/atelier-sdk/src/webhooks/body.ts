import { WebhookVerificationError } from '../errors.ts';
import { isObject } from '../http/answer.ts';
import { isKnownWebhookEvent, type WebhookEvent } from './events.ts';

/** Known events that may concern no order. */
const WITHOUT_ORDER: ReadonlySet<string> = new Set(['bounty.claim_rejected']);

/**
 * Reads a webhook's body: `{ event, order_id, data }`. A known event needs an `order_id`, and a
 * missing `data` becomes `{}`. An unknown event only needs a name. The fields of `data` are not
 * checked.
 */
export function readWebhookEvent(body: Uint8Array): WebhookEvent {
  const value = parse(body);
  if (!isObject(value) || typeof value.event !== 'string' || value.event === '') {
    throw malformed('has no event');
  }
  const { event, order_id: orderId } = value;
  if (orderId !== undefined && orderId !== null && typeof orderId !== 'string') {
    throw malformed('has an order_id that is not a string');
  }
  const received = { ...value, event, order_id: orderId, data: value.data };
  // An event of an unknown type is passed on unchanged, so that its receiver can acknowledge it.
  if (!isKnownWebhookEvent({ event })) return received as WebhookEvent;
  if (!orderId && !WITHOUT_ORDER.has(event)) throw malformed('has no order_id');
  const data = value.data ?? {};
  if (!isObject(data)) throw malformed('has data that is not an object');
  return { ...received, data } as WebhookEvent;
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw malformed('is not JSON');
  }
}

function malformed(what: string): WebhookVerificationError {
  return new WebhookVerificationError(`The webhook's body ${what}`, 'malformed_body');
}
