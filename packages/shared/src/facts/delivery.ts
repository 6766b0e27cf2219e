import { z } from 'zod';
import { roundName } from '../text/labels.ts';
import { fact } from './define-fact.ts';
import { count, draft, foundSuffix, later, round, text } from './fields.ts';
import { deliverableSchema } from './products.ts';

const deliverables = z.array(deliverableSchema).min(1);
/** A read of the order showed the effect, and the answer to our call did not. */
const found = z.boolean();
/**
 * The order's status by the answer to the delivery. Absent: the answer had no status, or a read
 * found the delivery.
 */
const status = text.optional();

function fileCount(count: number): string {
  return count === 1 ? '1 deliverable' : `${count} deliverables`;
}

/**
 * Quotes and deliveries. A call that must take effect once has a fact `…_intended`, written before
 * the call, and a fact for its effect.
 */
export const DELIVERY_FACTS = {
  quote_intended: fact('quote_intended', {
    fields: { priceUsd: text },
    key: () => [],
    story: ({ priceUsd }) => `about to quote $${priceUsd}`,
    side: 'ours',
    keep: 'always',
  }),

  quoted: fact('quoted', {
    fields: { priceUsd: text, found },
    key: () => [],
    story: (quote) => `quoted $${quote.priceUsd}${foundSuffix(quote.found)}`,
    side: 'ours',
    keep: 'always',
  }),

  /** The marketplace now hosts product number `index` of a round under `url`. */
  published: fact('published', {
    fields: { round, draft, index: count, url: z.url() },
    key: (file) => [file.round, later(file.draft), file.index],
    story: (file) => `uploaded file ${file.index + 1} of ${roundName(file.round)} to the marketplace`,
    side: 'ours',
    keep: 'always',
  }),

  delivery_intended: fact('delivery_intended', {
    fields: { round, draft, deliverables },
    key: (delivery) => [delivery.round, later(delivery.draft)],
    story: (delivery) => `about to deliver ${roundName(delivery.round)}`,
    side: 'ours',
    keep: 'always',
  }),

  delivered: fact('delivered', {
    fields: { round, draft, deliverables, found, status },
    key: (delivery) => [delivery.round],
    story: (delivery) =>
      `delivered ${roundName(delivery.round)}: ${fileCount(delivery.deliverables.length)}${foundSuffix(delivery.found)}`,
    side: 'ours',
    keep: 'always',
  }),

  /**
   * The marketplace shows a delivered round as unpaid work again, with our deliverables in the
   * order (the x402 race). `index`: how often we redelivered the round before.
   */
  delivery_overwritten: fact('delivery_overwritten', {
    fields: { round, index: count },
    key: (delivery) => [delivery.round, delivery.index],
    story: (delivery) =>
      `${roundName(delivery.round)} was overwritten: the marketplace shows the order as paid again, although our deliverables are in it`,
    side: 'marketplace',
    keep: 'always',
  }),

  /**
   * Written before an overwritten round is delivered again, with the URLs of its first delivery.
   */
  redelivery_intended: fact('redelivery_intended', {
    fields: { round, index: count },
    key: (delivery) => [delivery.round, delivery.index],
    story: (delivery) => `about to deliver ${roundName(delivery.round)} again`,
    side: 'ours',
    keep: 'always',
  }),

  redelivered: fact('redelivered', {
    fields: { round, index: count, found, status },
    key: (delivery) => [delivery.round, delivery.index],
    story: (delivery) =>
      `delivered ${roundName(delivery.round)} again (redelivery ${delivery.index + 1})${foundSuffix(delivery.found)}`,
    side: 'ours',
    keep: 'always',
  }),
};
