const MICROS_PER_USD = 1_000_000;
const MICROS_PER_CENT = 10_000;

/** A formatter is kept, because it takes much longer to create one than to use it. */
const CENTS = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** An amount in micro-dollars with two decimals: `$1,340.50`. Null: a dash. */
export function dollars(micros: number | null): string {
  if (micros === null) return '–';
  const text = CENTS.format(Math.abs(micros) / MICROS_PER_USD);
  return micros < 0 ? `−$${text}` : `$${text}`;
}

/** A cost in micro-dollars. Below a cent it has four decimals. Null: `unknown`, which is not 0. */
export function cost(micros: number | null): string {
  if (micros === null) return 'unknown';
  if (micros === 0 || Math.abs(micros) >= MICROS_PER_CENT) return dollars(micros);
  return `$${(micros / MICROS_PER_USD).toFixed(4)}`;
}

/** An amount in whole dollars, for headings: `$1,340`. */
export function wholeDollars(micros: number): string {
  return `$${WHOLE.format(Math.round(micros / MICROS_PER_USD))}`;
}

/** A part in per cent, with at most one decimal. A dash if there is no whole. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '–';
  return `${TENTHS.format((part / whole) * 100)} %`;
}
