import type { OrderRef } from '@fulfillment/shared';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { StepError } from '../telemetry/failures.ts';
import { orderRow, serviceRow } from '../test-support/market.ts';
import { openRuntime } from '../test-support/runtime.ts';
import { newOrder } from '../test-support/scratch.ts';
import { Services } from './services.ts';

const app = await openRuntime();
const { runtime, market, lines } = app;
const { redis, keys, services, store, reconciler } = runtime;
afterAll(() => app[Symbol.asyncDispose]());

const LIST = 'GET /api/agents/agt_1/services';
let serviceId: string;
let ref: OrderRef;
beforeEach(async () => {
  ref = newOrder();
  serviceId = `srv_${ref.orderId}`;
  await redis.del(keys.services('agt_1'), keys.servicesAsked('agt_1'));
  market.answers[LIST] = { data: [] };
  market.answers[`GET /api/services/${serviceId}`] = { status: 404, text: 'Service not found' };
  market.answers[`GET /api/orders/${ref.orderId}`] = {
    data: { order: orderRow(ref.orderId, { service_id: serviceId }), deliverables: [] },
  };
  market.calls.length = 0;
});
const asked = () => market.calls.map(({ path }) => path).filter((path) => path.includes('/services'));
/** A webhook reports the order. */
const reconcile = async (of = ref) => {
  await store.hint(of, []);
  return reconciler.reconcile(of);
};

describe('a service', () => {
  test('is listed once for all orders, and then cached', async () => {
    market.answers[LIST] = { data: [serviceRow(serviceId), serviceRow('srv_other')] };
    for (let time = 0; time < 3; time += 1) {
      expect(await services.find('agt_1', serviceId)).toMatchObject({ service: { id: serviceId } });
    }
    expect(await services.find('agt_1', 'srv_other')).toMatchObject({ service: { category: 'image_gen' } });
    expect(asked()).toEqual(['/api/agents/agt_1/services']);
  });

  test('is found by everyone who asks during the first read, in any process', async () => {
    market.answers[LIST] = { data: [serviceRow(serviceId)] };
    const other = new Services(redis, keys, { marketplace: runtime.marketplace, log: runtime.log });
    const found = await Promise.all(
      [services, other, services, other].map((one) => one.find('agt_1', serviceId)),
    );
    for (const one of found) expect(one).toMatchObject({ service: { id: serviceId } });
    expect(asked()).toEqual(['/api/agents/agt_1/services']);
  });

  test('that is deleted is found by everyone who asks during the read by its id', async () => {
    market.answers[`GET /api/services/${serviceId}`] = { data: serviceRow(serviceId, { active: 0 }) };
    const found = await Promise.all([1, 2, 3].map(() => services.find('agt_1', serviceId)));
    for (const one of found) expect(one).toMatchObject({ service: { id: serviceId } });
    expect(asked()).toEqual(['/api/agents/agt_1/services', `/api/services/${serviceId}`]);
  });

  test('is searched on if the process that read it ended', async () => {
    await redis.set(keys.servicesAsked('agt_1'), 'reading', 'PX', 10_000);
    market.answers[`GET /api/services/${serviceId}`] = { data: serviceRow(serviceId) };
    const impatient = new Services(redis, keys, {
      marketplace: runtime.marketplace,
      log: runtime.log,
      patienceMs: 100,
    });
    expect(await impatient.find('agt_1', serviceId)).toMatchObject({ service: { id: serviceId } });
  });

  test('whose reader ended holds up twenty orders for seconds, and not for both of its reads', async () => {
    const about = [keys.servicesAsked('agt_1'), keys.servicesAsked(`agt_1/${serviceId}`)];
    for (const key of about) await redis.set(key, 'reading', 'PX', 60_000);
    const begun = performance.now();
    const found = await Promise.all(Array.from({ length: 20 }, () => services.find('agt_1', serviceId)));
    expect(performance.now() - begun).toBeLessThan(8000);
    expect(new Set(found)).toEqual(new Set([null]));
    expect(asked()).toEqual([]);
  });

  test('that took long to read leaves the mark of the next read alone', async () => {
    const key = keys.servicesAsked('agt_1');
    const slow = new Services(redis, keys, {
      log: runtime.log,
      marketplace: {
        services: async () => {
          await redis.set(key, 'reading, as the next process', 'PX', 10_000);
          return [];
        },
        service: async () => null,
      },
    });
    await slow.find('agt_1', serviceId);
    expect(await redis.get(key)).toBe('reading, as the next process');
  });

  test('that was deleted is in no list, but is read by its id', async () => {
    market.answers[`GET /api/services/${serviceId}`] = { data: serviceRow(serviceId, { active: 0 }) };
    expect(await services.find('agt_1', serviceId)).toMatchObject({ service: { id: serviceId } });
    expect(asked()).toEqual(['/api/agents/agt_1/services', `/api/services/${serviceId}`]);
  });

  test('that does not exist costs two calls, however often it is needed', async () => {
    const found = [];
    for (let time = 0; time < 20; time += 1) found.push(await services.find('agt_1', serviceId));
    expect(found[0]).toEqual({ unread: { cause: 'not_listed', reason: 'Service not found (HTTP 404)' } });
    expect(found.slice(1)).toEqual(Array.from({ length: 19 }, () => null));
    expect(asked()).toHaveLength(2);
  });

  test.each([
    ['denied', { status: 401, text: 'Invalid or inactive API key' }],
    ['denied', { status: 403, text: 'no' }],
    ['outage', { status: 503, text: 'down' }],
    ['outage', { drop: true } as const],
  ])('that cannot be read is %s: %o', async (cause, answer) => {
    market.answers[LIST] = answer;
    expect(await services.find('agt_1', serviceId)).toMatchObject({ unread: { cause } });
  });

  test("of another process' agent passes that agent's error to the caller", async () => {
    await expect(services.find('agt_elsewhere', serviceId)).rejects.toThrow(StepError);
  });

  test('does not count as unreadable after an error outside the marketplace', async () => {
    const broken = new Services(redis, keys, {
      marketplace: {
        services: async () => Promise.reject(new TypeError('a bug')),
        service: async () => null,
      },
      log: runtime.log,
    });
    await expect(broken.find('agt_1', serviceId)).rejects.toThrow('a bug');
  });

  test('that cannot be read by its id logs the reason if its list cannot be read either', async () => {
    market.answers[LIST] = { status: 503, text: 'down' };
    market.answers[`GET /api/services/${serviceId}`] = { status: 500, text: 'also down' };
    expect(await services.find('agt_1', serviceId)).toMatchObject({ unread: { cause: 'outage' } });
    expect(lines).toContainEqual(
      expect.objectContaining({ serviceId, reason: expect.stringContaining('also down') }),
    );
  });

  test('with an unreadable cache entry is read again', async () => {
    await redis.hset(keys.services('agt_1'), serviceId, '{"id":');
    market.answers[LIST] = { data: [serviceRow(serviceId)] };
    expect(await services.find('agt_1', serviceId)).toMatchObject({ service: { id: serviceId } });
  });
});

describe('reconcile', () => {
  test('joins an order with its service before a handler is chosen', async () => {
    market.answers[LIST] = { data: [serviceRow(serviceId, { category: 'seo', turnaround_hours: 5 })] };
    expect(await reconcile()).toMatchObject({ stage: 'generating', steps: [{ name: 'generate' }] });
    expect(await store.load(ref)).toMatchObject({ service: { category: 'seo' }, turnaroundHours: 5 });
  });

  test('holds an order of an unknown service visibly, with a bounded number of reads', async () => {
    for (let time = 0; time < 5; time += 1) {
      expect(await reconcile()).toMatchObject({ stage: 'awaiting_service', steps: [], attention: [] });
    }
    expect(asked()).toHaveLength(2);
    expect((await store.load(ref))?.facts).toContainEqual(
      expect.objectContaining({ type: 'service_unread', serviceId, cause: 'not_listed' }),
    );
    const told = lines.filter(({ msg }) => String(msg).includes('its service cannot be read'));
    expect(told.filter(({ orderId }) => orderId === ref.orderId)).toHaveLength(1);
    expect(await store.index.list('all', 0, 1)).toMatchObject([{ stage: 'awaiting_service' }]);
  });

  test('serves the order once the service can be read', async () => {
    await reconcile();
    await redis.hset(keys.services('agt_1'), serviceId, JSON.stringify({ ...KNOWN, id: serviceId }));
    expect(await reconcile()).toMatchObject({ stage: 'generating' });
  });

  test('reads no service for an order of a bounty', async () => {
    const order = orderRow(ref.orderId, { service_id: null, service_title: null, bounty_id: 'bty_1' });
    market.answers[`GET /api/orders/${ref.orderId}`] = { data: { order, deliverables: [] } };
    expect(await reconcile()).toMatchObject({ stage: 'generating' });
    expect(asked()).toEqual([]);
  });

  test('keeps a known service of the order, although the marketplace deleted it', async () => {
    market.answers[LIST] = { data: [serviceRow(serviceId)] };
    await reconcile();
    await redis.del(keys.services('agt_1'));
    market.answers[LIST] = { data: [] };
    expect(await reconcile()).toMatchObject({ stage: 'generating' });
  });
});

const KNOWN = { title: null, category: 'custom', priceType: 'fixed', turnaroundHours: null, quota: null };
