import type { Fact } from '@fulfillment/shared';
import { deliverableUrl, type ExampleOrder, marketStatusOf, revisionsOf } from '../model/index.ts';
import { endingFacts } from './ending-facts.ts';
import { generationFacts } from './generation-facts.ts';
import type { TimedFact } from './timed-fact.ts';

/** What happened to an order, the oldest first. */
export function factsOf(order: ExampleOrder): TimedFact[] {
  const { times, service, priceUsd, plot } = order;
  const facts: TimedFact[] = [webhook(order, 'order.created', times.createdAt)];
  if (plot === 'declined') {
    const reason = 'The brief asks for medical advice, which we do not write.';
    const fact: Fact = { type: 'refused', handler: service.handler, reason, step: 'price', attempt: 0 };
    facts.push({ at: times.createdAt + 9000, fact });
  }
  if (service.priceType === 'quote' && times.quotedAt !== null && priceUsd !== null) {
    facts.push(
      { at: times.quotedAt - 1500, fact: { type: 'priced', handler: service.handler, priceUsd } },
      { at: times.quotedAt - 700, fact: { type: 'quote_intended', priceUsd } },
      { at: times.quotedAt, fact: { type: 'quoted', priceUsd, found: false } },
    );
  }
  if (times.paidAt !== null)
    facts.push(webhook(order, 'order.paid', times.paidAt), seen('paid', 0, times.paidAt + 900));
  facts.push(...generationFacts(order));
  if (times.deliveredAt !== null) facts.push(...delivery(order, 0, times.deliveredAt));
  if (times.redeliveredAt !== null) facts.push(...delivery(order, 1, times.redeliveredAt));
  facts.push(...endingFacts(order));
  const last = facts.reduce((latest, { at }) => Math.max(latest, at), times.createdAt);
  facts.push(seen(marketStatusOf(plot), revisionsOf(order), last + 1100));
  return facts.toSorted((one, other) => one.at - other.at);
}

function webhook({ id }: ExampleOrder, event: string, at: number): TimedFact {
  return { at, fact: { type: 'heard', event, bodyHash: `${id}-${event}`, sentAt: at } };
}

function seen(status: string, revisionCount: number, at: number): TimedFact {
  return { at, fact: { type: 'seen', status, revisionCount, via: 'read' } };
}

function delivery(order: ExampleOrder, number: 0 | 1, at: number): TimedFact[] {
  const round = String(number);
  const deliverables = [{ url: deliverableUrl(order, number), mediaType: order.service.mediaType }];
  const kind = number === 0 ? 'delivered' : 'revised';
  const content =
    number === 0
      ? `Your order "${order.service.title}" is delivered. If something should be different, ask for a revision.`
      : 'Your revision is delivered. Thank you for the clear notes.';
  return [
    { at: at - 1400, fact: { type: 'delivery_intended', round, deliverables } },
    { at, fact: { type: 'delivered', round, deliverables, found: false, status: 'delivered' } },
    { at: at + 300, fact: { type: 'message_intended', kind, round, content } },
    { at: at + 800, fact: { type: 'message_sent', kind, round, found: false } },
  ];
}
