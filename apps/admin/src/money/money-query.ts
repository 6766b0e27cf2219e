import {
  MONEY_BASES,
  MONEY_GROUPS,
  type MoneyBasis,
  type MoneyGroup,
  type MoneyRange,
} from '@fulfillment/ledger';
import { z } from 'zod';

/** In ms. */
export const DAY = 86_400_000;

/** The times that the page offers. Periods are of UTC, as in the ledger. */
export const SPANS = ['week', '30d', 'month', 'last-month', 'year', 'all'] as const;
export type Span = (typeof SPANS)[number];

export const SPAN_LABELS: Record<Span, string> = {
  week: 'This week',
  '30d': 'Last 30 days',
  month: 'This month',
  'last-month': 'Last month',
  year: 'This year',
  all: 'All',
};

/** The state of the page. All of it is in the URL. */
export interface MoneyQuery {
  span: Span;
  by: MoneyGroup;
  basis: MoneyBasis;
}

const DEFAULT: MoneyQuery = { span: 'week', by: 'handler', basis: 'paid' };

const moneyQuery = z.object({
  span: z.enum(SPANS).catch(DEFAULT.span),
  by: z.enum(MONEY_GROUPS).catch(DEFAULT.by),
  basis: z.enum(MONEY_BASES).catch(DEFAULT.basis),
});

/** Reads the state of the page from a URL's query. What cannot be read becomes the default. */
export function readMoneyQuery(query: unknown): MoneyQuery {
  return moneyQuery.parse(query);
}

/** The address of the page in a state. Defaults are left out. */
export function moneyPath(query: MoneyQuery, path = '/money'): string {
  const changed = Object.entries(query).filter(
    ([name, value]) => DEFAULT[name as keyof MoneyQuery] !== value,
  );
  return changed.length === 0 ? path : `${path}?${new URLSearchParams(changed)}`;
}

/** The range of a span, in whole days of UTC. `now` in ms since the epoch. */
export function rangeOf({ span, basis }: MoneyQuery, now: number): MoneyRange {
  const today = startOfDay(now);
  const date = new Date(today);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const monday = today - ((date.getUTCDay() + 6) % 7) * DAY;
  const tomorrow = today + DAY;
  switch (span) {
    case 'week':
      return { basis, from: monday, to: monday + 7 * DAY };
    case '30d':
      return { basis, from: tomorrow - 30 * DAY, to: tomorrow };
    case 'month':
      return { basis, from: Date.UTC(year, month), to: Date.UTC(year, month + 1) };
    case 'last-month':
      return { basis, from: Date.UTC(year, month - 1), to: Date.UTC(year, month) };
    case 'year':
      return { basis, from: Date.UTC(year, 0), to: Date.UTC(year + 1, 0) };
    case 'all':
      return { basis, from: 0, to: tomorrow };
  }
}

/** The start of the day of UTC. Times in ms since the epoch. */
export function startOfDay(now: number): number {
  return Math.floor(now / DAY) * DAY;
}

/** The periods that the chart of a span shows. */
export function chartPeriod(span: Span): 'day' | 'week' | 'month' {
  if (span === 'year') return 'month';
  return span === 'all' ? 'week' : 'day';
}
