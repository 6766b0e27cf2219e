import { defineHandler, type HandlerInput, type HandlerOrder, type Match } from '@fulfillment/handlers';
import { parseOrder, type SoldService } from '@fulfillment/shared';
import { describe, expect, test } from 'vitest';
import { describeHandler } from '../describe-handler.ts';
import { NoHandlerError } from '../errors.ts';
import { chooseHandler, type OrderFacts, orderForHandlers } from './choose-handler.ts';
import { haveOnlyPlainMatches } from './match-data.ts';

const order: HandlerOrder = {
  id: 'ord_1',
  agentId: 'agt_1',
  agent: 'studio',
  serviceId: 'srv_1',
  serviceTitle: 'A Portrait',
  serviceCategory: 'image_gen',
  priceType: 'fixed',
  turnaroundHours: 48,
  quota: null,
  quotaUsed: null,
  workspaceExpiresAt: null,
  bountyId: null,
  brief: 'Paint my cat.',
  briefEnglish: null,
  briefSpec: null,
  referenceUrls: [],
  referenceImages: [],
  requirementAnswers: {},
  clientName: null,
  clientType: null,
  review: null,
  quotedPriceUsd: null,
  maxRevisions: 3,
};
const handler = (match: Match, input: Partial<HandlerInput> = {}) =>
  defineHandler({ name: 'painter', match, generate: () => [], ...input });
const isFor = (match: Match, fields: Partial<HandlerOrder> = {}) => isMatch([handler(match)], fields);
const isMatch = (
  handlers: Parameters<typeof chooseHandler>[0],
  fields: Partial<HandlerOrder> = {},
): boolean => {
  try {
    chooseHandler(handlers, { ...order, ...fields });
    return true;
  } catch (error) {
    if (!(error instanceof NoHandlerError)) throw error;
    return false;
  }
};

const BOUNTY = {
  serviceId: null,
  serviceTitle: null,
  serviceCategory: null,
  priceType: null,
  bountyId: 'bty_1',
};

describe('a handler matches', () => {
  test.each<[string, Match, Partial<HandlerOrder>, boolean]>([
    ['by service id', { serviceId: 'srv_1' }, {}, true],
    ['by one of several service ids', { serviceId: ['srv_0', 'srv_1'] }, {}, true],
    ['by category', { category: 'image_gen' }, {}, true],
    ['by one of several categories', { category: ['seo', 'image_gen'] }, {}, true],
    ['by price type and quota, in a function', (o) => o.priceType === 'fixed' && o.quota === null, {}, true],
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
    ['not when one of two fields differs', { serviceId: 'srv_1', category: 'video_gen' }, {}, false],
    ['not by a part of a title that is given as text', { title: 'portrait' }, {}, false],
    ['not the order of a bounty by a service, which it has none of', { serviceId: 'srv_1' }, BOUNTY, false],
    ['not the order of a bounty by a category', { category: 'image_gen' }, BOUNTY, false],
    ['not the order of a bounty by a title', { title: /.*/ }, BOUNTY, false],
    ['the order of a bounty by agent', { agent: 'studio' }, BOUNTY, true],
    ['the order of a bounty by a function', ({ bountyId }) => bountyId !== null, BOUNTY, true],
    ['the order of a bounty by default', 'default', BOUNTY, true],
    ['not with no field at all', {}, {}, false],
    ['not with an empty list', { serviceId: [] }, {}, false],
  ])('%s', (_, match, fields, expected) => {
    expect(isFor(match, fields)).toBe(expected);
    const described = [describeHandler(handler(match))];
    // Without patterns and functions, the data of the handlers must give the same answer.
    if (haveOnlyPlainMatches(described)) expect(isMatch(described, fields)).toBe(expected);
  });

  test.each<[string, Match, boolean]>([
    ['by default', 'default', true],
    ['by text and lists', { agent: 'studio', serviceId: ['srv_1'], category: 'seo', title: 'A' }, true],
    ['by a pattern', { title: /a+/ }, false],
    ['by a function', () => true, false],
  ])('%s: whether its data alone decide', (_, match, expected) => {
    expect(haveOnlyPlainMatches([describeHandler(handler('default')), describeHandler(handler(match))])).toBe(
      expected,
    );
  });

  test('the same order each time, although its pattern has the flag g or y', () => {
    for (const title of [/portrait/gi, /A/y]) {
      const handlers = [handler({ title })];
      for (let time = 0; time < 4; time += 1) expect(chooseHandler(handlers, order)).toBe(handlers[0]);
    }
  });

  test('not by a function that returns a promise, which is an error', async () => {
    const match = (async () => {
      throw new Error('later');
    }) as never;
    expect(() => chooseHandler([handler(match)], order)).toThrow(
      'the match function of "painter" must not be async',
    );
  });
});

describe('the handler for an order', () => {
  test('is the first that matches', () => {
    const first = handler({ serviceId: 'srv_1' });
    const second = handler(() => true);
    expect(chooseHandler([first, second], order)).toBe(first);
    expect(chooseHandler([second, first], order)).toBe(second);
  });

  test('is the default one only if no other matches, wherever it is listed', () => {
    const fallback = handler('default');
    const painter = handler({ serviceId: 'srv_1' });
    expect(chooseHandler([fallback, painter], order)).toBe(painter);
    expect(chooseHandler([fallback, painter], { ...order, serviceId: 'srv_9' })).toBe(fallback);
  });

  test('is missing if none matches, and the error names the service', () => {
    expect(() => chooseHandler([handler({ serviceId: 'srv_9' })], order)).toThrow(
      'No handler matches this order (service srv_1, title "A Portrait", category "image_gen"). Handlers: "painter".',
    );
    expect(() => chooseHandler([], { ...order, ...BOUNTY })).toThrow(/bounty bty_1/);
  });

  test('is the first one if the order no longer says what it is for', () => {
    const fallback = handler('default');
    const painter = handler({ category: 'image_gen' }, { name: 'brush' });
    const vanished = { ...order, serviceId: null, serviceTitle: null, serviceCategory: null };
    expect(chooseHandler([fallback, painter], vanished, 'brush')).toBe(painter);
    expect(() => chooseHandler([fallback], vanished, 'brush')).toThrow(/"brush".*not configured any more/);
  });
});

describe('an order as handlers see it', () => {
  const service: SoldService = {
    id: 'srv_1',
    title: 'A portrait',
    category: 'image_gen',
    priceType: 'weekly',
    turnaroundHours: 6,
    quota: 5,
  };
  const seen = (row: Record<string, unknown>, rest: Partial<OrderFacts> = {}) =>
    orderForHandlers({
      snapshot: parseOrder({ id: 'ord_1', provider_agent_id: 'agt_1', status: 'paid', brief: 'B', ...row }),
      service,
      agent: 'studio',
      ...rest,
    });

  test('has the category, price type, turnaround and quota of its service', () => {
    expect(seen({ service_id: 'srv_1', service_title: 'As sold' })).toMatchObject({
      agent: 'studio',
      serviceTitle: 'As sold',
      serviceCategory: 'image_gen',
      priceType: 'weekly',
      turnaroundHours: 6,
      quota: 5,
      bountyId: null,
    });
  });

  test('has the title of the service if the order shows none', () => {
    expect(seen({ service_id: 'srv_1', service_title: null }).serviceTitle).toBe('A portrait');
  });

  test("has the marketplace's reading of the brief, the buyer's name, and their review", () => {
    const row = {
      brief_english: 'A cat.',
      brief_spec: '{"animal":"cat"}',
      client_name: null,
      client_username: 'ada',
      client_type: 'agent',
      quota_total: 4,
      quota_used: 1,
      workspace_expires_at: '2026-11-26T00:00:00Z',
    };
    expect(seen(row, { review: { rating: 5, comment: null } })).toMatchObject({
      briefEnglish: 'A cat.',
      briefSpec: { animal: 'cat' },
      clientName: 'ada',
      clientType: 'agent',
      quota: 4,
      quotaUsed: 1,
      workspaceExpiresAt: Date.UTC(2026, 10, 26),
      review: { rating: 5, comment: null },
    });
  });

  test('has no service data if it came from a bounty', () => {
    expect(seen({ bounty_id: 'bty_1' }, { service: null })).toMatchObject({ ...BOUNTY, quota: null });
  });
});
