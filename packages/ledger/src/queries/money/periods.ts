/** The lengths of periods of UTC. A week begins on Monday. */
export type PeriodLength = 'day' | 'week' | 'month';

const DAY_MS = 86_400_000;
/** 1 January 1970 was a Thursday. */
const DAYS_SINCE_MONDAY = 3;

/**
 * The start of the period that a day belongs to, in ms since the epoch.
 * @param day days since 1 January 1970.
 */
export function periodOfDay(day: number, length: PeriodLength): number {
  switch (length) {
    case 'day':
      return day * DAY_MS;
    case 'week':
      return (day - ((day + DAYS_SINCE_MONDAY) % 7)) * DAY_MS;
    case 'month': {
      const date = new Date(day * DAY_MS);
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
    }
  }
}

/** The start of the period that follows the one that begins at `start`, in ms since the epoch. */
export function nextPeriod(start: number, length: PeriodLength): number {
  switch (length) {
    case 'day':
      return start + DAY_MS;
    case 'week':
      return start + 7 * DAY_MS;
    case 'month': {
      const date = new Date(start);
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
    }
  }
}
