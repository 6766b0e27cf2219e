import { classify, type Runtime, type Yielding } from '@fulfillment/platform';
import { type OrderStatus, STATUSES_TO_POLL } from '@fulfillment/shared';

/**
 * The list of an agent's orders is whole today: the marketplace ignores `page` and `limit` (observed). It may begin to honour them, and
 * must not hide orders then. Each page is a counted call, so that another page is asked for only when something says that there is one.
 */

/** Orders that a page is asked to hold. A list that has more shows that pages are ignored. */
const LIMIT = 100;
/** A list as long as a usual page may be cut. */
const SMALLEST_PAGE = 10;
const USUAL_STEP = 5;
/** How long it is believed that pages are ignored, after a second page repeated the first. In ms. */
const IGNORED_FOR_MS = 24 * 3600_000;
/** Of the orders that a list lacked, so many are looked at. */
const MOST_LOOKED_AT = 20;

/** What an agent's lists have shown of pages. */
export interface PagesKnown {
  /** How many orders a page holds; null: nothing showed that there are pages. */
  pageSize: number | null;
  /** When a second page repeated the first, in ms since the epoch; 0: never. */
  ignoredAt: number;
}

/** Whether a first page of so many orders may be followed by another. `known`: pages were seen, so that the next one is needed. */
export function mayGoOn(
  length: number,
  { pageSize, ignoredAt }: PagesKnown,
  now: number,
): 'no' | 'perhaps' | 'known' {
  if (length === 0 || length > LIMIT) return 'no';
  if (pageSize !== null) return length >= pageSize ? 'known' : 'no';
  const isUsual = length >= SMALLEST_PAGE && length % USUAL_STEP === 0;
  return isUsual && now - ignoredAt >= IGNORED_FOR_MS ? 'perhaps' : 'no';
}

/** All rows of a list, as far as they were read. */
export interface WholeList {
  rows: unknown[];
  /** False: the budget held back a page that exists. What is not among the rows may still be listed. */
  isComplete: boolean;
}

/** Reads an agent's list, page after page until one is short, is empty or repeats what came before. */
export async function readList(
  runtime: Runtime,
  agentId: string,
  { statuses, yielding }: { statuses: readonly OrderStatus[]; yielding: Yielding },
): Promise<WholeList> {
  const { marketplace, log } = runtime;
  const rows = await marketplace.list(agentId, { statuses, page: 1, limit: LIMIT }, yielding);
  const known = await pagesKnown(runtime, agentId);
  const goesOn = mayGoOn(rows.length, known, Date.now());
  if (goesOn === 'no') return { rows, isComplete: true };
  const size = rows.length;
  const seen = new Set(rows.map(idOf));
  const all = [...rows];
  for (let page = 2; ; page += 1) {
    const hasPages = goesOn === 'known' || page > 2;
    const further: Yielding = { pageOf: hasPages ? 'known list' : 'perhaps whole list' };
    const next = await unlessHeld(marketplace.list(agentId, { statuses, page, limit: LIMIT }, further));
    if (next === null) return { rows: all, isComplete: !hasPages };
    const fresh = next.filter((row) => !seen.has(idOf(row)));
    for (const row of fresh) seen.add(idOf(row));
    all.push(...fresh);
    if (next.length > 0 && fresh.length === 0) {
      if (page === 2) await notePages(runtime, agentId, { pageSize: null, ignoredAt: Date.now() });
      return { rows: all, isComplete: true };
    }
    if (page === 2 && known.pageSize !== size) {
      log.info({ agentId, pageSize: size }, 'the list of orders has pages');
      await notePages(runtime, agentId, { pageSize: size, ignoredAt: 0 });
    }
    if (next.length < size) return { rows: all, isComplete: true };
  }
}

/** @returns null when the budget or the marketplace's rate limit holds a page back. */
async function unlessHeld(page: Promise<unknown[]>): Promise<unknown[] | null> {
  try {
    return await page;
  } catch (error) {
    if (classify(error).kind === 'throttled') return null;
    throw error;
  }
}

/** What tells a row from others: its id, or the row itself if it has none. */
function idOf(row: unknown): unknown {
  return typeof row === 'object' && row !== null && 'id' in row ? row.id : row;
}

async function pagesKnown({ redis, keys }: Runtime, agentId: string): Promise<PagesKnown> {
  const [pageSize, ignoredAt] = await redis.hmget(keys.polling(agentId), 'pageSize', 'pagesIgnoredAt');
  return { pageSize: Number(pageSize) || null, ignoredAt: Number(ignoredAt ?? 0) };
}

async function notePages(
  { redis, keys }: Runtime,
  agentId: string,
  { pageSize, ignoredAt }: PagesKnown,
): Promise<void> {
  await redis.hset(keys.polling(agentId), 'pageSize', pageSize ?? 0, 'pagesIgnoredAt', ignoredAt);
}

/** Notes which orders a list of so many lacked, for the next poll to see what became of them. */
export async function noteAbsent(
  { redis, keys }: Runtime,
  agentId: string,
  { orderIds, length, askedAt }: { orderIds: readonly string[]; length: number; askedAt: number },
): Promise<void> {
  const absent = orderIds.slice(0, MOST_LOOKED_AT).join(',');
  await redis.hset(keys.polling(agentId), { absent, absentFrom: length, absentAt: askedAt });
}

/**
 * Learns from the orders that the last list lacked. Each was read since. One that the marketplace still shows as waiting for us belonged
 * on that list: the list was cut, at its length. A wrong guess costs a call: a page that repeats ends it.
 */
export async function learnFromAbsent(runtime: Runtime, agentId: string): Promise<void> {
  const { redis, keys, store } = runtime;
  const key = keys.polling(agentId);
  const [absent, absentFrom, absentAt] = await redis.hmget(key, 'absent', 'absentFrom', 'absentAt');
  const length = Number(absentFrom ?? 0);
  const orderIds = (absent ?? '').split(',').filter((id) => id !== '');
  if (length === 0 || orderIds.length === 0) return;
  for (const orderId of orderIds) {
    const record = await store.load({ agentId, orderId });
    const isListable = STATUSES_TO_POLL.some((status) => status === record?.snapshot?.status);
    if (record === null || !isListable || record.reads === 0 || record.observedAt <= Number(absentAt))
      continue;
    await notePages(runtime, agentId, { pageSize: length, ignoredAt: 0 });
    break;
  }
}
