import {
  DEFAULT_SORT,
  type Filter,
  FilterError,
  parseFilter,
  SORT_COLUMNS,
  type Sort,
  type SortColumn,
} from '@fulfillment/ledger';
import { z } from 'zod';

/** The state of the list of orders. All of it is in the URL. */
export interface ListQuery {
  /** What the search box says. */
  text: string;
  sort: Sort;
  /** From 1. */
  page: number;
}

const isSortColumn = (name: string): name is SortColumn => Object.hasOwn(SORT_COLUMNS, name);

const listQuery = z.object({
  q: z.string().max(2000).catch(''),
  sort: z.string().refine(isSortColumn).catch(DEFAULT_SORT.column),
  dir: z.enum(['asc', 'desc']).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(1_000_000).catch(1),
});

/** Reads the state of the list from a URL's query. What cannot be read becomes the default. */
export function readListQuery(query: unknown): ListQuery {
  const { q, sort, dir, page } = listQuery.parse(query);
  return { text: q.trim(), sort: { column: sort, direction: dir ?? firstDirection(sort) }, page };
}

/** The earliest due time comes first. In every other column the largest or newest value does. */
export function firstDirection(column: SortColumn): Sort['direction'] {
  return column === 'due' ? 'asc' : 'desc';
}

/** The address of the list in a state. Defaults are left out. */
export function listPath({ text, sort, page }: ListQuery, path = '/orders'): string {
  const query = new URLSearchParams();
  if (text !== '') query.set('q', text);
  if (sort.column !== DEFAULT_SORT.column) query.set('sort', sort.column);
  if (sort.direction !== firstDirection(sort.column)) query.set('dir', sort.direction);
  if (page > 1) query.set('page', String(page));
  const search = query.toString();
  return search === '' ? path : `${path}?${search}`;
}

/** A search text as a filter, or what is wrong with it. */
export function readFilter(text: string): { filter: Filter } | { problem: string } {
  try {
    return { filter: parseFilter(text) };
  } catch (error) {
    if (error instanceof FilterError) return { problem: error.message };
    throw error;
  }
}
