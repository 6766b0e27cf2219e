import type { OrderStage } from '@fulfillment/shared';

/** The fields that a filter finds by a part of their text, or by all of it: `handler:=copy`. */
export const TEXT_FIELDS = ['agent', 'handler', 'service', 'buyer', 'order', 'attention'] as const;
export type TextField = (typeof TEXT_FIELDS)[number];

/** The fields that hold a time. `due:<4h` looks ahead, and `paid:<7d` looks back. */
export const TIME_FIELDS = ['due', 'created', 'paid', 'delivered', 'completed', 'payout', 'updated'] as const;
export type TimeField = (typeof TIME_FIELDS)[number];

/** The fields that hold an amount in USD. */
export const AMOUNT_FIELDS = ['price', 'net', 'cost', 'margin'] as const;
export type AmountField = (typeof AMOUNT_FIELDS)[number];

/** The fields that hold a plain number. */
export const NUMBER_FIELDS = ['rating', 'revisions', 'tries'] as const;
export type NumberField = (typeof NUMBER_FIELDS)[number];

/** The states that `is:` names. */
export const STATES = [
  'open',
  'finished',
  'late',
  'unread',
  'waiting',
  'urgent',
  'paid-out',
  'payout-failed',
  'disputed',
  'refunded',
  'in-review',
  'cost-unknown',
] as const;
export type State = (typeof STATES)[number];

export const COMPARISONS = ['<', '<=', '>', '>=', '='] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** One condition of a filter. An order must fulfil all of them. */
export type Condition = { isNegated: boolean } & (
  | { kind: 'word'; text: string }
  | { kind: 'text'; field: TextField; text: string; isExact: boolean }
  | { kind: 'stage'; stage: OrderStage }
  | { kind: 'state'; state: State }
  | { kind: 'amount'; field: AmountField; comparison: Comparison; micros: number }
  | { kind: 'number'; field: NumberField; comparison: Comparison; value: number }
  /** Relative to now: `due:<4h`. In ms. */
  | { kind: 'span'; field: TimeField; comparison: '<' | '<=' | '>' | '>='; ms: number }
  /** A day, month or year of UTC. `to` is the first ms after it. */
  | { kind: 'period'; field: TimeField; comparison: Comparison; text: string; from: number; to: number }
);

/** What a search box says. An empty filter matches every order. */
export type Filter = readonly Condition[];

/** A filter that cannot be read. The message names the wrong part, and what is possible there. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  /** The wrong part, as written. */
  readonly part: string;

  constructor(part: string, problem: string) {
    super(`"${part}": ${problem}`);
    this.part = part;
  }
}
