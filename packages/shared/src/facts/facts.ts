import { z } from 'zod';
import type { FactRules } from './define-fact.ts';
import { DELIVERY_FACTS } from './delivery.ts';
import { GENERATION_FACTS } from './generation.ts';
import { MARKETPLACE_FACTS } from './marketplace.ts';
import { MESSAGE_FACTS } from './messages.ts';
import { OPERATOR_FACTS } from './operator.ts';
import { PAYOUT_FACTS } from './payouts.ts';
import { STEP_FACTS } from './steps.ts';

/**
 * A fact is something that happened to an order. The record store writes a fact once and never
 * changes it. Everything in this file follows from the tables of facts.
 */

const FACTS = {
  ...MARKETPLACE_FACTS,
  ...PAYOUT_FACTS,
  ...MESSAGE_FACTS,
  ...STEP_FACTS,
  ...GENERATION_FACTS,
  ...DELIVERY_FACTS,
  ...OPERATOR_FACTS,
};

export type FactType = keyof typeof FACTS;

/** A fact before its write. The record store adds the time. */
export type Fact = z.output<(typeof FACTS)[FactType]['schema']>;
export type FactOf<T extends FactType> = Extract<Fact, { type: T }>;

/** A stored fact, with the time of its first write, in ms since the epoch, by Redis' clock. */
export type Recorded<F extends Fact = Fact> = F & { at: number };

/** A buyer's review of a completed order: stars and a text. Untrusted. */
export type BuyerReview = Omit<FactOf<'buyer_review'>, 'type'>;

// `discriminatedUnion` has a type that requires a list with a first element.
const { seen, ...others } = FACTS;
export const factSchema = z.discriminatedUnion('type', [
  seen.schema,
  ...Object.values(others).map(({ schema }) => schema),
]);

/** The type checks that the name of each entry is the name in its schema. */
const RULES: { [T in FactType]: FactRules<FactOf<T>> & { type: T } } = FACTS;

export const FACT_TYPES = Object.keys(FACTS) as FactType[];

/** The rules for a type of fact. */
export function rulesOf<T extends FactType>(type: T): FactRules<FactOf<T>> {
  return RULES[type];
}

/**
 * Identifies an event. Two facts with the same key describe the same event, and the store keeps the
 * first fact.
 */
export function factKey(fact: Fact): string {
  const parts = rulesOf(fact.type).key(fact);
  return [fact.type, ...parts.filter((part) => part !== undefined)].join(':');
}

/** A fact in a short sentence, for people. An order's story is the sequence of its facts. */
export function describeFact(fact: Fact): string {
  return rulesOf(fact.type).story(fact);
}
