import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { orderRow, runs } from '../test-support/records.ts';
import { parseTime } from './field-reader.ts';
import { mergeSnapshots, ORDER_STATUSES, parseOrder, UnreadableOrderError } from './order.ts';

const problemsOf = (fields: Record<string, unknown>) => parseOrder(orderRow(fields)).problems;

/** A value of any type, including deeply nested values. */
const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom('[]', '{}', '[1]', '{"a":1}', '{', '[[', 'null', '5', 1e9, -1, 1.5, '99999999999'),
);

test('any value is either an order or unreadable, and an order can be stored again', () => {
  const fields = Object.fromEntries(Object.keys(orderRow()).map((name) => [name, anything]));
  const almost = fc.record({ ...fields, id: fc.oneof(fc.constant('ord_1'), anything) }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), almost), (value) => {
      // The value after a trip through JSON. A buyer's answer may be -0, which JSON writes as 0.
      const raw: unknown = JSON.parse(JSON.stringify(value));
      try {
        const order = parseOrder(raw);
        expect(JSON.parse(JSON.stringify(order))).toEqual(order);
        expect(parseOrder(raw)).toEqual(order);
      } catch (error) {
        expect(error).toBeInstanceOf(UnreadableOrderError);
      }
    }),
    runs(1000),
  );
});

test('a count of -0 is 0, and can be stored again', () => {
  expect(Object.is(parseOrder(orderRow({ revision_count: -0 })).revisionCount, 0)).toBe(true);
});

test.each([null, undefined, 'text', 5, [], [orderRow()]])('%j is not an order', (raw) => {
  expect(() => parseOrder(raw)).toThrow(UnreadableOrderError);
});

test.each([undefined, null, 7, '', 'a:b', 'a/b', '../x', 'a'.repeat(101), 'a b'])(
  'an order with the id %j is unreadable: ids become keys and paths',
  (id) => {
    expect(() => parseOrder(orderRow({ id }))).toThrow('usable id');
  },
);

test('null and missing fields are absent without a warning', () => {
  const nulls = Object.fromEntries(Object.keys(orderRow()).map((name) => [name, null]));
  const bare = { id: 'ord_1', status: 'paid', brief: 'x' };
  expect(parseOrder({ ...nulls, ...bare })).toEqual(parseOrder(bare));
  expect(parseOrder(bare)).toMatchObject({
    problems: [],
    clientName: null,
    revisionCount: 0,
    maxRevisions: 3,
  });
});

test('a field of the wrong type counts as absent and is named', () => {
  const wrong = { service_title: [], reference_urls: '{}', requirement_answers: '[]', revision_count: 'two' };
  expect(parseOrder(orderRow(wrong))).toMatchObject({
    serviceTitle: null,
    referenceUrls: [],
    requirementAnswers: {},
    revisionCount: 0,
    problems: [
      'service_title is not text',
      'reference_urls is not a list of URLs',
      'requirement_answers is not an object',
      'revision_count is not a whole number',
    ],
  });
});

test('a missing brief is named', () => {
  expect(problemsOf({ brief: null })).toContain('brief is missing');
  expect(problemsOf({ brief: { text: 'x' } })).toEqual(['brief is not text', 'brief is missing']);
});

test.each(ORDER_STATUSES)('the status %s is known', (status) => {
  expect(parseOrder(orderRow({ status }))).toMatchObject({ status, rawStatus: status, problems: [] });
});

test.each(['Paid', 'refunded', '', 'x'.repeat(999)])(
  'the status "%s" is unknown, and kept unchanged',
  (status) => {
    const order = parseOrder(orderRow({ status }));
    expect(order.status).toBe('unknown');
    expect(order.rawStatus).toBe(status.slice(0, 40));
    expect(order.problems[0]).toMatch(/^status ".*" is not known$/);
  },
);

test('unknown extra fields are dropped', () => {
  expect(parseOrder(orderRow({ new_thing: { a: 1 } }))).toEqual(parseOrder(orderRow()));
});

test('a brief of 100 KB is kept completely', () => {
  const brief = 'ä'.repeat(100_000);
  expect(parseOrder(orderRow({ brief })).brief).toBe(brief);
});

describe('JSON in strings', () => {
  test('is parsed, and may be parsed already', () => {
    const urls = ['https://a.example/1.png'];
    expect(parseOrder(orderRow({ reference_urls: JSON.stringify(urls) })).referenceUrls).toEqual(urls);
    expect(parseOrder(orderRow({ reference_urls: urls })).referenceUrls).toEqual(urls);
    const answers = { size: 'A4' };
    expect(parseOrder(orderRow({ requirement_answers: '{"size":"A4"}' })).requirementAnswers).toEqual(
      answers,
    );
    expect(parseOrder(orderRow({ requirement_answers: answers })).requirementAnswers).toEqual(answers);
  });

  test('that is not JSON counts as absent and is named', () => {
    const order = parseOrder(orderRow({ reference_urls: 'https://a.example', reference_images: '[' }));
    expect(order).toMatchObject({ referenceUrls: [], referenceImages: [] });
    expect(order.problems).toEqual(['reference_urls is not JSON', 'reference_images is not JSON']);
  });

  test('keeps only the texts of a list, up to a limit', () => {
    const list = JSON.stringify([1, null, 'https://a.example', ...Array(50).fill('https://b.example')]);
    const { referenceUrls } = parseOrder(orderRow({ reference_urls: list }));
    expect(referenceUrls).toHaveLength(20);
    expect(referenceUrls[0]).toBe('https://a.example');
  });

  test('that is nested too deeply is left out, because it could not be stored', () => {
    const deep = `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    const order = parseOrder(orderRow({ requirement_answers: deep }));
    expect(order.requirementAnswers).toEqual({});
    expect(order.problems).toEqual(['requirement_answers is not an object of at most 32 levels']);
  });
});

test('a count that cannot name a round counts as absent', () => {
  expect(parseOrder(orderRow({ revision_count: 999_999 })).revisionCount).toBe(999_999);
  const order = parseOrder(orderRow({ revision_count: 1_000_000 }));
  expect(order).toMatchObject({ revisionCount: 0, problems: ['revision_count is not a whole number'] });
});

describe('times', () => {
  const noon = Date.UTC(2026, 10, 23, 12);

  test.each([
    '2026-11-23 12:00:00',
    '2026-11-23 12:00:00.000',
    '2026-11-23T12:00:00Z',
    '2026-11-23T12:00:00.000Z',
    '2026-11-23T13:00:00+01:00',
    '2026-11-23T12:00:00',
    '2026-11-23T12:00',
  ])('%s is noon UTC, wherever we run', (text) => {
    expect(parseTime(text)).toBe(noon);
  });

  test.each(['', 'now', '1', '23.11.2026', 'Nov 23 2026', '2026-13-01', '2026-11-23 25:00:00', '1763899200'])(
    '"%s" is not a time',
    (text) => {
      expect(parseTime(text)).toBeNull();
    },
  );

  test('every time reads back from both forms', () => {
    const date = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(date, (time) => {
        const iso = time.toISOString();
        expect(parseTime(iso)).toBe(time.getTime());
        expect(parseTime(iso.slice(0, 19).replace('T', ' '))).toBe(Math.floor(time.getTime() / 1000) * 1000);
      }),
      runs(300),
    );
  });
});

test('the buyer of an earlier snapshot is kept, and everything else is from the newer one', () => {
  const older = parseOrder(orderRow({ client_name: 'Ada', client_wallet: '0x1', status: 'paid' }));
  const newer = parseOrder(orderRow({ client_name: null, client_agent_id: 'agt_9', status: 'delivered' }));
  expect(mergeSnapshots(older, newer)).toEqual({ ...newer, clientName: 'Ada', clientWallet: '0x1' });
  expect(mergeSnapshots(null, newer)).toBe(newer);
});

test('the service and the reading of the brief survive a newer answer without them', () => {
  const older = parseOrder(
    orderRow({ brief_english: 'A cat.', brief_spec: '{"a":1}', client_type: 'agent' }),
  );
  const newer = parseOrder(orderRow({ service_id: null, service_title: null, status: 'delivered' }));
  expect(mergeSnapshots(older, newer)).toMatchObject({
    serviceId: 'srv_1',
    serviceTitle: 'A portrait',
    briefEnglish: 'A cat.',
    briefSpec: { a: 1 },
    clientType: 'agent',
    status: 'delivered',
  });
});

test.each([
  ['a deliverable', 'https://files.example/1', true],
  ['none', null, false],
  ['none, as an empty text', '', false],
  ['nothing of that', undefined, null],
])('an order that shows %s is recognised', (_, deliverable_url, expected) => {
  expect(parseOrder(orderRow({ deliverable_url })).hasDeliverables).toBe(expected);
});

test('an answer without deliverables keeps the last known ones until the order moves on', () => {
  const older = parseOrder(orderRow({ status: 'delivered', deliverable_url: null }));
  const newer = (fields: Record<string, unknown>) => mergeSnapshots(older, parseOrder(orderRow(fields)));
  expect(newer({ status: 'delivered' })).toMatchObject({ hasDeliverables: false });
  expect(newer({ status: 'delivered', revision_count: 1 })).toMatchObject({ hasDeliverables: null });
  expect(newer({ status: 'completed' })).toMatchObject({ hasDeliverables: null });
  expect(newer({ status: 'delivered', deliverable_url: 'https://a.example/1' })).toMatchObject({
    hasDeliverables: true,
  });
});

test("the marketplace's reading of the brief is any JSON of bounded depth", () => {
  const spec = (brief_spec: unknown) => parseOrder(orderRow({ brief_spec }));
  expect(spec('["a",{"b":[1]}]').briefSpec).toEqual(['a', { b: [1] }]);
  expect(spec({ b: 1 }).briefSpec).toEqual({ b: 1 });
  expect(spec('{not json').problems).toEqual(['brief_spec is not JSON']);
  expect(spec(`${'['.repeat(40)}${']'.repeat(40)}`)).toMatchObject({ briefSpec: null });
});
