import type { FactOf } from '../facts/facts.ts';
import type { Artifact, Deliverable } from '../facts/products.ts';
import { factOf, factsOf, type OrderRecord } from './record.ts';
import { draftOf, generatedOf } from './review.ts';
import type { Round } from './rounds.ts';

/**
 * The deliverables of a round: each product under its own URL, or under its published URL. Null
 * while a product has no URL.
 */
export function deliverablesOf(record: OrderRecord, round: Round): Deliverable[] | null {
  const products = generatedOf(record, round)?.products;
  if (products === undefined) return null;
  const published = publishedUrls(record, round);
  const deliverables = products.flatMap((product, index) => {
    const url = product.url ?? published.get(index);
    return url === undefined ? [] : [{ url, mediaType: product.mediaType }];
  });
  return deliverables.length === products.length ? deliverables : null;
}

/** The URLs of a round's current draft on the marketplace, by the position of the product. */
export function publishedUrls(record: OrderRecord, round: Round): Map<number, string> {
  const current = draftOf(record, round);
  return new Map(
    factsOf(record, 'published').flatMap(({ round: of, draft = 0, index, url }) =>
      of === round && draft === current ? [[index, url]] : [],
    ),
  );
}

/** The files of a round that have no public address yet, and their positions in the round. */
export function unpublished(record: OrderRecord, round: Round): { index: number; artifact: Artifact }[] {
  const published = publishedUrls(record, round);
  const products = generatedOf(record, round)?.products ?? [];
  return products.flatMap((product, index) =>
    product.url === undefined && product.artifact !== undefined && !published.has(index)
      ? [{ index, artifact: product.artifact }]
      : [],
  );
}

/** The marketplace's view of an order's deliveries. */
export interface ShownDeliverables {
  deliverables: readonly { url: string }[];
  /**
   * The first deliverable of the last delivery. An answer without a list of deliverables has only
   * this.
   */
  primaryUrl: string | null;
}

/**
 * Whether the marketplace has a round's deliverables. A superseded row counts, since its delivery
 * took effect. If an answer has no rows, the first deliverable represents all of them, since a
 * delivery takes effect whole or not at all.
 */
export function isThere(shown: ShownDeliverables, wanted: readonly Deliverable[]): boolean {
  const { deliverables: rows, primaryUrl } = shown;
  if (rows.length === 0) return primaryUrl !== null && primaryUrl === wanted[0]?.url;
  const urls = new Set(rows.map((row) => row.url));
  return wanted.every((deliverable) => urls.has(deliverable.url));
}

/** The deliveries whose outcome is unknown. */
export function unknownDeliveries(record: OrderRecord): FactOf<'delivery_intended'>[] {
  return factsOf(record, 'delivery_intended').filter(
    ({ round }) => factOf(record, 'delivered', round) === undefined,
  );
}

/** The unknown deliveries that took effect, according to the marketplace. */
export function deliveriesFound(record: OrderRecord, shown: ShownDeliverables): FactOf<'delivered'>[] {
  return unknownDeliveries(record)
    .filter(({ deliverables }) => isThere(shown, deliverables))
    .map(({ round, draft, deliverables }) => ({
      type: 'delivered',
      round,
      draft,
      deliverables,
      found: true,
    }));
}

/** The URLs of other rounds' deliveries, including deliveries of unknown outcome. */
export function urlsOfOtherRounds(record: OrderRecord, round: Round): Set<string> {
  const deliveries = [...factsOf(record, 'delivered'), ...factsOf(record, 'delivery_intended')];
  return new Set(
    deliveries.flatMap((fact) => (fact.round === round ? [] : fact.deliverables.map(({ url }) => url))),
  );
}

/**
 * A URL that another round delivered, or tried to deliver, gets a fragment. A delivery is
 * recognised by its URLs, so they must be unique to the order and round. The fragment does not
 * change what the URL opens.
 */
export function urlForRound(url: string, round: Round, used: ReadonlySet<string>): string {
  if (!used.has(url)) return url;
  const unique = new URL(url);
  unique.hash = unique.hash === '' ? `round-${round}` : `${unique.hash.slice(1)}-round-${round}`;
  return unique.href;
}
