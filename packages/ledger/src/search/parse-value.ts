import { toMicros } from '@fulfillment/shared';
import {
  type AmountField,
  type Comparison,
  type Condition,
  FilterError,
  type NumberField,
  type TimeField,
} from './filter.ts';
import type { Token } from './tokens.ts';

const MINUTE = 60_000;
const UNITS = { m: MINUTE, min: MINUTE, h: 60 * MINUTE, d: 1440 * MINUTE, w: 7 * 1440 * MINUTE } as const;
type Unit = keyof typeof UNITS;

/** `>50`, `<=2.5`, `45.00` */
export function amountCondition(field: AmountField, token: Token): Condition {
  const { comparison, rest } = split(token);
  const micros = toMicros(rest.replace(/^\$/, ''));
  if (micros === null) throw new FilterError(token.part, `"${rest}" is not an amount such as ${field}:>50 .`);
  return { kind: 'amount', field, comparison, micros, isNegated: token.isNegated };
}

/** `>=4`, `0` */
export function numberCondition(field: NumberField, token: Token): Condition {
  const { comparison, rest } = split(token);
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(rest))
    throw new FilterError(token.part, `"${rest}" is not a number such as ${field}:>=2 .`);
  return { kind: 'number', field, comparison, value: Number(rest), isNegated: token.isNegated };
}

/** `<4h`, `2026-11`, `>=2026-11-05` */
export function timeCondition(field: TimeField, token: Token): Condition {
  const { comparison, rest } = split(token);
  const { isNegated, part } = token;
  const ms = spanOf(rest);
  if (ms !== null) {
    if (comparison === '=')
      throw new FilterError(part, `a duration needs < or > before it: ${field}:<${rest} .`);
    return { kind: 'span', field, comparison, ms, isNegated };
  }
  const period = periodOf(rest);
  if (period !== null) return { kind: 'period', field, comparison, text: rest, ...period, isNegated };
  throw new FilterError(
    part,
    `"${rest}" is neither a duration nor a date. Possible: ${field}:<4h , ${field}:>2d , ${field}:2026-11 , ${field}:>=2026-11-05 .`,
  );
}

function split({ value }: Token): { comparison: Comparison; rest: string } {
  const [, sign = '', rest = ''] = /^(<=|>=|<|>|=)?\s*(.*)$/s.exec(value) ?? [];
  const comparison = (['<', '<=', '>', '>='] as const).find((known) => known === sign) ?? '=';
  return { comparison, rest };
}

function spanOf(text: string): number | null {
  const [, count, unit] = /^(\d{1,5})(m|min|h|d|w)$/.exec(text) ?? [];
  return isUnit(unit) ? Number(count) * UNITS[unit] : null;
}

function isUnit(unit: string | undefined): unit is Unit {
  return unit !== undefined && Object.hasOwn(UNITS, unit);
}

/** A day, month or year of UTC: its first ms, and the first ms after it. */
function periodOf(text: string): { from: number; to: number } | null {
  const [, year, month, day] = /^(2\d{3})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text) ?? [];
  if (year === undefined) return null;
  const y = Number(year);
  if (month === undefined) return { from: Date.UTC(y, 0), to: Date.UTC(y + 1, 0) };
  const m = Number(month) - 1;
  if (m < 0 || m > 11) return null;
  if (day === undefined) return { from: Date.UTC(y, m), to: Date.UTC(y, m + 1) };
  const from = Date.UTC(y, m, Number(day));
  // The 31st of a shorter month is a day of the next one.
  const isReal = new Date(from).getUTCMonth() === m && Number(day) > 0;
  return isReal ? { from, to: from + UNITS.d } : null;
}
