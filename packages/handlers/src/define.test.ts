import { describe, expect, test } from 'vitest';
import { defineHandler, handlerFor } from './define.ts';
import type { HandlerInput, HandlerOrder, Match } from './types.ts';

const order: HandlerOrder = {
  id: 'ord_1',
  agentId: 'agt_1',
  agent: 'studio',
  serviceId: 'srv_1',
  serviceTitle: 'A Portrait',
  serviceCategory: 'Image_Gen',
  brief: 'Paint my cat.',
  referenceUrls: [],
  referenceImages: [],
  requirementAnswers: {},
  clientName: null,
  quotedPriceUsd: null,
  maxRevisions: 3,
};
const handler = (match: Match, input: Partial<HandlerInput> = {}) =>
  defineHandler({ name: 'painter', match, generate: () => [], ...input });
const isFor = (match: Match, fields: Partial<HandlerOrder> = {}) =>
  handlerFor([handler(match)], { ...order, ...fields }) !== undefined;

describe('defineHandler', () => {
  test('allows half an hour and three tries, unless the handler says otherwise', () => {
    expect(handler('default')).toMatchObject({ timeLimitSeconds: 1800, attempts: 3 });
    expect(handler('default', { timeLimitSeconds: 5, attempts: 1 })).toMatchObject({
      timeLimitSeconds: 5,
      attempts: 1,
    });
  });
});

describe('a handler matches', () => {
  test.each<[string, Match, Partial<HandlerOrder>, boolean]>([
    ['by service id', { serviceId: 'srv_1' }, {}, true],
    ['by one of several service ids', { serviceId: ['srv_0', 'srv_1'] }, {}, true],
    ['by category, whatever its case', { category: 'image_gen' }, {}, true],
    ['by title, whatever its case', { title: 'a portrait' }, {}, true],
    ['by a pattern of the title', { title: /^a p/i }, {}, true],
    ['by agent', { agent: 'studio' }, {}, true],
    [
      "not another agent's, although the rest matches",
      { agent: 'copywriter', serviceId: 'srv_1' },
      {},
      false,
    ],
    ['by a function', ({ brief }) => brief.includes('cat'), {}, true],
    ['by default', 'default', {}, true],
    ['not when one of two fields differs', { serviceId: 'srv_1', category: 'video' }, {}, false],
    ['not by a part of a title that is given as text', { title: 'portrait' }, {}, false],
    ['not by the service of a bounty, which has none', { serviceId: 'srv_1' }, { serviceId: null }, false],
    ['not by a title that is missing', { title: /.*/ }, { serviceTitle: null }, false],
    ['not with no field at all', {}, {}, false],
    ['not with an empty list', { serviceId: [] }, {}, false],
  ])('%s', (_, match, fields, expected) => {
    expect(isFor(match, fields)).toBe(expected);
  });

  test('the same order each time, although its pattern has the flag g or y', () => {
    for (const title of [/portrait/gi, /A/y]) {
      const handlers = [handler({ title })];
      const answers = [1, 2, 3, 4].map(() => handlerFor(handlers, order) !== undefined);
      expect(answers).toEqual([true, true, true, true]);
    }
  });

  test('not by a function that answers with a promise: that is a mistake, and is said', async () => {
    const match = (async () => {
      throw new Error('later');
    }) as unknown as () => boolean;
    expect(() => handlerFor([handler(match)], order)).toThrow(
      'the match function of "painter" must not be async',
    );
  });
});

describe('the handler for an order', () => {
  test('is the first that matches', () => {
    const first = handler({ serviceId: 'srv_1' });
    const second = handler(() => true);
    expect(handlerFor([first, second], order)).toBe(first);
    expect(handlerFor([second, first], order)).toBe(second);
  });

  test('is the default one only when no other matches, wherever it stands', () => {
    const fallback = handler('default');
    const painter = handler({ serviceId: 'srv_1' });
    expect(handlerFor([fallback, painter], order)).toBe(painter);
    expect(handlerFor([fallback, painter], { ...order, serviceId: 'srv_9' })).toBe(fallback);
  });

  test('is none when none matches', () => {
    expect(handlerFor([handler({ serviceId: 'srv_9' })], order)).toBeUndefined();
    expect(handlerFor([], order)).toBeUndefined();
  });
});
