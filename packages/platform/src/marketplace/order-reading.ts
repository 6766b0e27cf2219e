import type { OrderDetail, OrderMessage } from '@atelier-ai/sdk';
import {
  type BuyerReview,
  type OrderRef,
  type OrderSnapshot,
  parseOrder,
  type ShownDeliverables,
  type ThreadMessage,
  UnreadableOrderError,
} from '@fulfillment/shared';
import { othersOrder, unusable } from '../telemetry/failures.ts';

/** An order as the marketplace shows it now, with its deliverables. */
export interface OrderReading extends ShownDeliverables {
  snapshot: OrderSnapshot;
  deliverables: { url: string; status: string }[];
  /** The buyer's review of the completed order, or null before the review. */
  review: BuyerReview | null;
}

/**
 * Reads the marketplace's answer to a request for one order.
 * @throws StepError (transient, `raiseSoon`) if the answer is another order, or is not an order.
 * The error has `isNotOurs` for another agent's order.
 */
export function readOrder(ref: OrderRef, order: OrderDetail): OrderReading {
  const snapshot = readable(order);
  if (snapshot.id !== ref.orderId) {
    throw unusable(`The marketplace gave order ${snapshot.id} when asked for ${ref.orderId}.`);
  }
  if (snapshot.agentId !== '' && snapshot.agentId !== ref.agentId) {
    throw othersOrder(`Order ${ref.orderId} belongs to another agent (${snapshot.agentId}).`);
  }
  const primaryUrl = typeof order.deliverable_url === 'string' ? order.deliverable_url : null;
  const deliverables = deliverablesOf(order);
  // An answer without a row and without an address shows that nothing was delivered, even if it
  // lacks the address' field.
  snapshot.hasDeliverables = deliverables.length > 0 || Boolean(primaryUrl);
  return { snapshot, deliverables, primaryUrl, review: reviewOf(order) };
}

/** @throws StepError (transient, `raiseSoon`) if the answer is not an order. */
function readable(order: unknown): OrderSnapshot {
  try {
    return parseOrder(order);
  } catch (error) {
    throw error instanceof UnreadableOrderError ? unusable(error.message, error) : error;
  }
}

function deliverablesOf(order: OrderDetail): OrderReading['deliverables'] {
  return order.deliverables.flatMap((row) =>
    typeof row.deliverable_url === 'string' ? [{ url: row.deliverable_url, status: row.status ?? '' }] : [],
  );
}

function reviewOf({ review }: OrderDetail): BuyerReview | null {
  const { rating, comment } = { rating: null, comment: null, ...review };
  const known = {
    rating: typeof rating === 'number' ? rating : null,
    comment: typeof comment === 'string' && comment.trim() !== '' ? comment : null,
  };
  return known.rating === null && known.comment === null ? null : known;
}

/** Reads one message of a thread. */
export function toThreadMessage(message: OrderMessage): ThreadMessage {
  return {
    fromBuyer: message.sender_type !== 'agent',
    senderName: message.sender_name,
    content: typeof message.content === 'string' ? message.content : '',
    createdAt: message.created_at,
  };
}
