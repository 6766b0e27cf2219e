import { expect, expectTypeOf, test } from 'vitest';
import { fact } from './define-fact.ts';
import { DELIVERY_FACTS } from './delivery.ts';
import { FACT_TYPES, type Fact, type FactOf, type FactType, rulesOf } from './facts.ts';
import { text } from './fields.ts';
import { GENERATION_FACTS } from './generation.ts';
import { MARKETPLACE_FACTS } from './marketplace.ts';
import { MESSAGE_FACTS } from './messages.ts';
import { OPERATOR_FACTS } from './operator.ts';
import { PAYOUT_FACTS } from './payouts.ts';
import type { Deliverable } from './products.ts';
import { STEP_FACTS } from './steps.ts';

const key = () => [];
const story = () => 'A plane crosses the sky.';

test('a fact without its fields, key, story, side or retention does not compile', () => {
  const complete = fact('crossed', { fields: { text }, key, story, side: 'ours', keep: 'always' });
  expect(complete.schema.parse({ type: 'crossed', text: 'by day' })).toEqual({
    type: 'crossed',
    text: 'by day',
  });
  expectTypeOf<typeof complete.type>().toEqualTypeOf<'crossed'>();

  // @ts-expect-error: no fields
  fact('crossed', { key, story, side: 'ours', keep: 'always' });
  // @ts-expect-error: no key
  fact('crossed', { fields: { text }, story, side: 'ours', keep: 'always' });
  // @ts-expect-error: no story
  fact('crossed', { fields: { text }, key, side: 'ours', keep: 'always' });
  // @ts-expect-error: no side
  fact('crossed', { fields: { text }, key, story, keep: 'always' });
  // @ts-expect-error: no retention
  fact('crossed', { fields: { text }, key, story, side: 'ours' });
});

test('a rule reads only fields of its own fact', () => {
  fact('crossed', {
    fields: { text },
    key,
    // @ts-expect-error: not a field
    story: ({ speed }) => `at ${speed}`,
    side: 'ours',
    keep: 'always',
  });
});

test('the types of facts stay precise', () => {
  expectTypeOf<FactOf<'delivered'>>().toEqualTypeOf<{
    type: 'delivered';
    round: string;
    draft?: number | undefined;
    deliverables: Deliverable[];
    found: boolean;
    status?: string | undefined;
  }>();
  expectTypeOf<FactOf<'seen' | 'quoted'>['type']>().toEqualTypeOf<'seen' | 'quoted'>();
  expectTypeOf<Fact['type']>().toEqualTypeOf<FactType>();
});

test('no two tables define the same fact', () => {
  const tables = [
    MARKETPLACE_FACTS,
    PAYOUT_FACTS,
    MESSAGE_FACTS,
    STEP_FACTS,
    GENERATION_FACTS,
    DELIVERY_FACTS,
    OPERATOR_FACTS,
  ];
  expect(tables.flatMap((table) => Object.keys(table)).toSorted()).toEqual(FACT_TYPES.toSorted());
});

test.each([
  ['buyer_review', 'buyer'],
  ['payout_retry_asked', 'operator'],
  ['payout_retry_answered', 'marketplace'],
  ['not_ours', 'marketplace'],
  ['delivery_overwritten', 'marketplace'],
  ['rate_limited', 'marketplace'],
  ['read_failed', 'ours'],
] as const)('%s is caused by the side: %s', (type, side) => {
  expect(rulesOf(type).side).toBe(side);
});
