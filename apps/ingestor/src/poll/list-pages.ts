import { classify, type Runtime, type Yielding } from '@fulfillment/platform';
import { type OrderStatus, STATUSES_TO_POLL } from '@fulfillment/shared';

/**
 * Today the list of an agent's orders is whole: the marketplace ignores `page` and `limit`
 * (observed). The marketplace may begin to honour them, and orders must not be missed then. Each
 * page is a counted call, so we ask for another page only when something shows that there is one.
 */

/** The number of orders that we ask for on a page. A longer list shows that pages are ignored. */
const LIMIT = 100;
/** A list of the length of a usual page may be cut. */
const SMALLEST_PAGE = 10;
const USUAL_STEP = 5;
/** How long we believe that pages are ignored, after a second page repeated the first. In ms. */
const IGNORED_FOR_MS = 24 * 3600_000;
/** The most orders to read of those that a list lacked. */
const MOST_LOOKED_AT = 20;

/** What an agent's lists have shown about pages. */
export interface PagesKnown {
  /** The number of orders on a page, or null while nothing has shown that there are pages. */
  pageSize: number | null;
  /** When a second page last repeated the first, in ms since the epoch, or 0 if none did. */
  ignoredAt: number;
}

/**
 * Whether another page may follow a first page of this length. `known`: pages were seen, so the
 * next page is needed.
 */
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

/** The rows of a list that were read. */
export interface WholeList {
  rows: unknown[];
  /**
   * False when the budget held back a page that exists. An order that is not among the rows may
   * still be listed.
   */
  isComplete: boolean;
}

/** Reads an agent's list page by page, until a page is short, is empty or repeats earlier rows. */
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

/** The identity of a row: its id, or the row itself if it has no id. */
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

/**
 * Records which orders a list of this length lacked, so that the next poll can see what became of
 * them.
 */
export async function noteAbsent(
  { redis, keys }: Runtime,
  agentId: string,
  { orderIds, length, askedAt }: { orderIds: readonly string[]; length: number; askedAt: number },
): Promise<void> {
  const absent = orderIds.slice(0, MOST_LOOKED_AT).join(',');
  await redis.hset(keys.polling(agentId), { absent, absentFrom: length, absentAt: askedAt });
}

/**
 * Learns from the orders that the last list lacked. Each of them was read since. An order that the
 * marketplace still shows as waiting for us belonged on that list, so the list was cut at its
 * length. A wrong guess costs one call, because a page that repeats ends the reading.
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
