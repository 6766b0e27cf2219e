import { z } from 'zod';
import { idSchema } from '../order/order.ts';
import { contentHash } from '../text/content-hash.ts';
import type { Fact } from './facts.ts';

/**
 * The path below PUBLIC_URL at which the ingestor takes webhooks. This URL is registered with the
 * marketplace.
 */
export const WEBHOOK_PATH = '/webhooks/atelier';

/**
 * The fields that the body of every webhook has. `data` differs by event and is read field by
 * field.
 */
const eventSchema = z.looseObject({
  event: z.string().min(1).max(100),
  order_id: idSchema,
  data: z.looseObject({}).nullish(),
});

/**
 * Distinguishes an event from others of its order. A body has neither an id nor a time, and each
 * try has another delivery id. So two deliveries are one event if they have the same body and
 * signature times within a minute or two. The marketplace tries an event three times, within about
 * 20 s. A buyer who writes the same words on another day has written twice.
 */
export interface Delivery {
  bodyHash: string;
  /** When the marketplace signed this try, in ms since the epoch. */
  sentAt: number;
}

/**
 * Events that concern no order of ours. The order of `bounty.claim_rejected` is the winner's, and
 * only the winner may read it (observed).
 */
const WITHOUT_ORDER = ['bounty.claim_rejected'];
const withoutOrderSchema = z.looseObject({ event: z.enum(WITHOUT_ORDER) });

/** The contents of a webhook: its order, and the facts about the order. */
export interface EventFacts {
  event: string;
  /** Null for an event that concerns no order of ours. */
  orderId: string | null;
  facts: Fact[];
}

/**
 * Reads a webhook's body. Events are hints: the marketplace is asked for the state of the order.
 * Only data that exists nowhere else comes from the event: revision feedback, a dispute's reason,
 * the buyer's message, a bounty's deadline, a payout's result. An unknown event is a hint like any
 * other.
 * @returns the facts, or a text that says what is wrong with the body.
 */
export function factsFromEvent(body: unknown, delivery: Delivery): EventFacts | { problem: string } {
  const withoutOrder = withoutOrderSchema.safeParse(body);
  if (withoutOrder.success) return { event: withoutOrder.data.event, orderId: null, facts: [] };
  const parsed = eventSchema.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { problem: `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'not an event'}` };
  }
  const { event, order_id: orderId } = parsed.data;
  const heard: Fact = { type: 'heard', event, ...delivery };
  const facts = factsIn(event, new DataReader(parsed.data.data ?? {}), delivery);
  return { event, orderId, facts: [heard, ...facts] };
}

function factsIn(event: string, data: DataReader, delivery: Delivery): Fact[] {
  switch (event) {
    case 'order.revision_requested': {
      const feedback = data.text('feedback');
      if (feedback === null) return [];
      const revision = Math.max(1, data.number('revision_count') ?? 1);
      return [{ type: 'revision_requested', revision, feedback, isExtra: data.flag('is_extra') }];
    }
    case 'order.disputed':
      return [{ type: 'dispute_opened', reason: data.text('reason') ?? 'no reason given', ...delivery }];
    case 'order.message': {
      const content = data.text('content');
      return content === null
        ? []
        : [
            {
              type: 'buyer_message',
              content,
              senderName: data.text('sender_name'),
              // The same hash as for a message read from the thread, so that the two are one fact.
              bodyHash: contentHash(content),
              sentAt: delivery.sentAt,
            },
          ];
    }
    case 'order.completed':
      return data.flag('payout_failed') === true ? [payout('failed', data)] : [];
    case 'order.payout_sent':
      return [payout('sent', data)];
    case 'order.payout_failed':
      return [payout('failed', data)];
    case 'bounty.accepted': {
      const hours = data.number('deadline_hours');
      return [
        {
          type: 'bounty_accepted',
          budgetUsd: data.text('budget_usd'),
          deadlineHours: hours !== null && hours > 0 ? hours : null,
        },
      ];
    }
    default:
      return [];
  }
}

function payout(outcome: 'sent' | 'failed', data: DataReader): Fact {
  return {
    type: 'payout',
    outcome,
    amountUsd: data.text('amount_usd'),
    chain: data.text('chain'),
    txHash: data.text('tx_hash'),
    reason: data.text('reason'),
  };
}

/** The fields of an event's data. A field of the wrong type counts as absent. */
class DataReader {
  readonly #data: Record<string, unknown>;

  constructor(data: Record<string, unknown>) {
    this.#data = data;
  }

  text(name: string): string | null {
    const value = this.#data[name];
    if (typeof value === 'number') return String(value);
    return typeof value === 'string' && value !== '' ? value : null;
  }

  number(name: string): number | null {
    const value = this.#data[name];
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
  }

  flag(name: string): boolean | null {
    const value = this.#data[name];
    return typeof value === 'boolean' ? value : null;
  }
}
