import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stepKey } from '../jobs/step-key.ts';
import { MEDIA_TYPES } from '../order/order.ts';
import { parseFact } from '../record/record.ts';
import { runs } from '../test-support/records.ts';
import { describeFact, type Fact, factKey, factSchema } from './facts.ts';
import { MESSAGE_KINDS, STEP_NAMES } from './kinds.ts';

const round = fc.constantFrom('0', '0d', '1', '1d', '12');
const number = fc.nat(12);
const text = fc.oneof(fc.string(), fc.constantFrom('a:b', ':', '1', 'paid'));
const maybe = fc.option(text);
const handlerStep = fc.constantFrom('price', 'generate');
const kind = fc.constantFrom(...MESSAGE_KINDS);
const deliverable = fc.record({
  url: fc.webUrl({ validSchemes: ['https'] }).filter(URL.canParse),
  mediaType: fc.constantFrom(...MEDIA_TYPES),
});
const artifact = fc.record({
  path: text,
  fileName: text,
  contentType: text,
  bytes: fc.integer({ min: 1, max: 99 }),
});
const product = fc.oneof(deliverable, fc.record({ mediaType: fc.constantFrom(...MEDIA_TYPES), artifact }));
const deliverables = fc.array(deliverable, { minLength: 1, maxLength: 3 });
const named = <T extends string>(name: T) => fc.constant(name);
const key = fc
  .record({ name: fc.constantFrom(...STEP_NAMES), round, kind })
  .map(({ name, round: of, kind: message }) =>
    stepKey(name === 'send' ? { name, kind: message, round: of } : { name, round: of }),
  );

/** Minutes that differ, and times within one minute. */
const sentAt = fc.constantFrom(0, 59_999, 60_000, 1_795_000_000_000);

/** A fact of every type. */
const fact = fc.oneof(
  fc.record({
    type: named('seen'),
    status: text,
    revisionCount: number,
    via: fc.constantFrom('poll', 'read'),
  }),
  fc.record(
    { type: named('heard'), event: text, bodyHash: text, sentAt },
    { requiredKeys: ['type', 'event', 'bodyHash'] },
  ),
  fc.record({
    type: named('revision_requested'),
    revision: number,
    feedback: text,
    isExtra: fc.constant(null),
  }),
  fc.record({ type: named('dispute_opened'), reason: text, bodyHash: text, sentAt }),
  fc.record({ type: named('buyer_message'), content: text, senderName: maybe, bodyHash: text, sentAt }),
  fc.record({ type: named('seller_message'), content: text, senderName: maybe, bodyHash: text, sentAt }),
  fc.record({ type: named('not_ours'), hints: number, reason: text }),
  fc.record({
    type: named('service_unread'),
    serviceId: text,
    cause: fc.constantFrom('not_listed', 'denied', 'outage'),
    reason: text,
  }),
  fc.record({ type: named('bounty_accepted'), budgetUsd: maybe, deadlineHours: fc.constant(4) }),
  fc.record({
    type: named('payout'),
    outcome: fc.constantFrom('sent', 'failed'),
    amountUsd: maybe,
    chain: maybe,
    txHash: maybe,
    reason: maybe,
  }),
  fc.record({ type: named('answer_found'), round, content: text }),
  fc.record({ type: named('thread_too_long'), round }),
  fc.record({ type: named('thread_unreadable'), round, reason: text, index: number }),
  fc.record({ type: named('thread_readable'), round, index: number }),
  fc.record({ type: named('read_failed'), observedAt: number, reason: text, isRefusal: fc.boolean() }),
  fc.record({
    type: named('began'),
    step: handlerStep,
    round,
    attempt: number,
    start: number,
    handler: text,
  }),
  fc.record({
    type: named('held_up'),
    step: fc.constantFrom('price', 'generate'),
    round,
    attempt: number,
    start: number,
    reason: text,
  }),
  fc.record({
    type: named('returned'),
    step: fc.constantFrom('price', 'generate'),
    round,
    attempt: number,
    start: number,
  }),
  fc.record({
    type: named('try_failed'),
    step: fc.constantFrom('price', 'generate'),
    round,
    attempt: number,
    start: number,
    kind: fc.constantFrom('transient', 'permanent', 'throttled'),
    reason: text,
    stack: text,
  }),
  fc.record({
    type: named('put_off'),
    step: fc.constantFrom('price', 'generate'),
    round,
    attempt: number,
    index: number,
    waitSeconds: fc.constant(60),
    reason: text,
  }),
  fc.record({
    type: named('used'),
    step: fc.constantFrom('price', 'generate', 'review'),
    round,
    attempt: number,
    start: number,
    index: number,
    what: fc.string({ minLength: 1, maxLength: 200 }),
    inputTokens: fc.option(number),
    cachedInputTokens: fc.option(number),
    outputTokens: fc.option(number),
    images: fc.option(number),
    costUsd: fc.option(number),
  }),
  fc.record({
    type: named('remembered'),
    round,
    attempt: number,
    start: number,
    index: number,
    json: text,
  }),
  fc.record({
    type: named('kept'),
    round,
    draft: number,
    attempt: number,
    folder: text,
    reason: text,
  }),
  fc.record({ type: named('priced'), handler: text, priceUsd: text }),
  fc.record({ type: named('priced'), handler: text, priceUsd: text, validHours: fc.constant(24) }),
  fc.record({ type: named('refused'), handler: text, reason: text, step: handlerStep, attempt: number }),
  fc.record({
    type: named('generated'),
    round,
    handler: text,
    products: fc.array(product, { minLength: 1 }),
    draft: number,
    review: fc.boolean(),
  }),
  fc.record({
    type: named('review_function_failed'),
    round,
    draft: number,
    handler: text,
    reason: text,
    stack: text,
  }),
  fc.record(
    {
      type: named('reviewed'),
      round,
      draft: number,
      verdict: fc.constantFrom('approve', 'regenerate', 'refuse'),
      note: text,
      message: fc.option(text),
      byHand: text,
      by: text,
    },
    { requiredKeys: ['type', 'round', 'draft', 'verdict', 'note', 'message', 'by'] },
  ),
  fc.record(
    { type: named('published'), round, draft: number, index: number, url: deliverable.map(({ url }) => url) },
    { requiredKeys: ['type', 'round', 'index', 'url'] },
  ),
  fc.record({ type: named('review_due'), round, draft: number }),
  fc.record({ type: named('quote_intended'), priceUsd: text }),
  fc.record(
    { type: named('delivery_intended'), round, draft: number, deliverables },
    { requiredKeys: ['type', 'round', 'deliverables'] },
  ),
  fc.record({ type: named('message_intended'), kind, round, content: text }),
  fc.record({ type: named('quoted'), priceUsd: text, found: fc.boolean() }),
  fc.record({ type: named('delivered'), round, deliverables, found: fc.boolean() }),
  fc.record({ type: named('payout_retry_asked'), index: number, by: text }),
  fc.record({
    type: named('payout_retry_answered'),
    index: number,
    outcome: fc.constantFrom('accepted', 'already_paid', 'no_wallet', 'rejected'),
    reason: text,
  }),
  fc.record({ type: named('delivery_overwritten'), round, index: number }),
  fc.record({ type: named('redelivery_intended'), round, index: number }),
  fc.record({ type: named('redelivered'), round, index: number, found: fc.boolean() }),
  fc.record({ type: named('message_sent'), kind, round, found: fc.boolean() }),
  fc.record({ type: named('message_dropped'), kind, round, reason: text }),
  fc.record({ type: named('buyer_review'), rating: fc.option(number), comment: maybe }),
  fc.record({ type: named('completed'), priceUsd: maybe, feeUsd: maybe, netUsd: maybe }),
  fc.record({ type: named('failed'), stepKey: key, attempt: number, reason: text }),
  fc.record({ type: named('rate_limited'), stepKey: key, attempt: number, reason: text }),
  fc.record(
    {
      type: named('operator_retried'),
      stepKey: key,
      attempt: number,
      byHand: text,
      note: text,
      by: text,
    },
    { requiredKeys: ['type', 'stepKey', 'attempt', 'by'] },
  ),
  fc.record({ type: named('operator_stopped'), stepKey: key, attempt: number, by: text }),
  fc.record({ type: named('operator_message'), number, content: text, by: text }),
  fc.record({ type: named('operator_message_withdrawn'), number, by: text }),
  fc.record(
    { type: named('operator_released'), round, attentionKey: text, byHand: text, note: text, by: text },
    { requiredKeys: ['type', 'round', 'by'] },
  ),
  // Only a release that names its attention is counted.
  fc.record({ type: named('operator_released'), round, attentionKey: text, again: number, by: text }),
  fc.record(
    { type: named('operator_release_withdrawn'), round, attentionKey: text, by: text },
    { requiredKeys: ['type', 'round', 'by'] },
  ),
  fc.record({
    type: named('operator_release_withdrawn'),
    round,
    attentionKey: text,
    again: number,
    by: text,
  }),
  fc.record(
    { type: named('operator_acknowledged'), attentionKey: text, readUntil: number, by: text },
    { requiredKeys: ['type', 'attentionKey', 'by'] },
  ),
) as fc.Arbitrary<Fact>;

/** A second, independent definition of the facts that describe the same event. */
const IDENTITY = [
  'type status revisionCount event bodyHash revision outcome step round attempt start index kind stepKey attentionKey observedAt verdict draft sentMinute serviceId cause hints number refusal again',
].flatMap((names) => names.split(' '));

function identityOf(value: Fact): string {
  const told = value.type === 'payout' ? { reason: value.reason !== null } : {};
  const fields: Record<string, unknown> = { ...value };
  const own: Record<string, unknown> = {
    ...fields,
    ...(value.type === 'heard' && { event: undefined }),
    // A request has one answer, whatever the outcome.
    ...(value.type === 'payout_retry_answered' && { outcome: undefined }),
    // A read that was refused and one that failed otherwise are two events.
    refusal: value.type === 'read_failed' && value.isRefusal ? true : null,
    // The number of the first draft is optional.
    draft: fields.draft || null,
    sentMinute: typeof fields.sentAt === 'number' ? Math.floor(fields.sentAt / 60_000) : null,
  };
  return JSON.stringify([...IDENTITY.map((name) => own[name] ?? null), told]);
}

test('the generator knows every type of fact', () => {
  const types = new Set(fc.sample(fact, { seed: 1, numRuns: 2000 }).map(({ type }) => type));
  expect(types.size).toBe(factSchema.options.length);
});

test('two facts have the same key exactly if they are the same event', () => {
  fc.assert(
    fc.property(fact, fact, (a, b) => {
      expect(factKey(a) === factKey(b)).toBe(identityOf(a) === identityOf(b));
    }),
    runs(1000),
  );
});

test('a fact reads back unchanged', () => {
  fc.assert(
    fc.property(fact, (written) => {
      expect(parseFact(JSON.stringify(written))).toEqual(written);
    }),
    runs(500),
  );
});

test('a damaged or unknown fact is left out without an error', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.jsonValue().map((value) => JSON.stringify(value)),
      ),
      (stored) => {
        expect(parseFact(stored)).toBeNull();
      },
    ),
    runs(500),
  );
  const damaged = fc.tuple(fact, fc.jsonValue(), fc.nat(6));
  fc.assert(
    fc.property(damaged, ([written, value, index]) => {
      const name = Object.keys(written)[index] ?? 'type';
      const read = parseFact(JSON.stringify({ ...written, [name]: value }));
      if (read !== null) expect(factSchema.parse(read)).toEqual(read);
    }),
    runs(500),
  );
  expect(parseFact('{"type":"of_a_later_version"}')).toBeNull();
});

test('every fact has a sentence for people, on one line', () => {
  fc.assert(
    fc.property(fact, (happened) => {
      expect(describeFact(happened)).not.toBe('');
    }),
    runs(300),
  );
});
