import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type System, startSystem } from './harness/system.ts';
import { place } from './harness/trade.ts';
import { exactly, opened } from './scenarios/check.ts';

const KEY = 'atelier_studio_0123456789abcdef';
/** The operator's setup on the first day: the example configuration, one key, nothing else. */
const FIRST_DAY = {
  FULFILLMENT_CONFIG: undefined,
  PUBLIC_URL: undefined,
  STUDIO_KEY: undefined,
  SECOND_KEY: undefined,
  SILENT_KEY: undefined,
  NOISY_KEY: undefined,
  ATELIER_API_KEY: KEY,
};

describe('with only a key', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ env: FIRST_DAY });
  }, 60_000);
  afterAll(() => system?.close(), 60_000);

  test('an order is found by polling, and its picture is hosted by the marketplace', async () => {
    const trade = await place(system, { category: 'image_gen', brief: 'A <b>red</b> & "blue" kite' });
    await trade.buyer('pay');
    const market = await trade.status('delivered');
    const [file] = market.deliverables;
    expect(file?.deliverable_url).toContain(`${system.urls.sandbox}/uploads/`);
    expect(file?.deliverable_media_type).toBe('image');
    const picture = await opened(file?.deliverable_url ?? '');
    expect(picture.type).toBe('image/png');
    expect(picture.text).toContain('PNG');
    await trade.fact('message_sent');
    await exactly(trade, { deliveries: 1, messages: 1 });
  });

  test('two briefs get two pictures', async () => {
    const pictures = await Promise.all(
      ['A mountain', 'A river'].map(async (brief) => {
        const trade = await place(system, { category: 'image_gen', brief });
        await trade.buyer('pay');
        const market = await trade.status('delivered');
        return (await opened(market.deliverables[0]?.deliverable_url ?? '')).text;
      }),
    );
    expect(pictures[0]).not.toBe(pictures[1]);
  });

  test('a quote-priced text is quoted, paid and written from its brief', async () => {
    const trade = await place(system, { priceType: 'quote', brief: 'Three reasons to like queues.' });
    await trade.status('quoted');
    await trade.buyer('pay');
    const market = await trade.status('delivered');
    const text = await opened(market.deliverables[0]?.deliverable_url ?? '');
    expect(text.text).toContain('Three reasons to like queues.');
    await trade.fact('message_sent');
    await exactly(trade, { deliveries: 1, messages: 1 });
  });

  test('the key reaches neither Redis nor the logs', async () => {
    for (const app of ['ingestor', 'generation-worker', 'delivery-worker', 'admin'] as const) {
      expect(system.output(app)).not.toContain(KEY);
    }
    expect(await system.everythingInRedis()).not.toContain(KEY);
  });
});

/** The harness sets PUBLIC_URL to the ingestor's own address unless a test removes it. */
const { PUBLIC_URL: _, ...WITH_PUBLIC_URL } = FIRST_DAY;

describe('with PUBLIC_URL', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ env: { ...WITH_PUBLIC_URL, POLL_INTERVAL_SECONDS: '600' } });
  }, 60_000);
  afterAll(() => system?.close(), 60_000);

  test('webhooks are registered, their secret is fetched, and the ingestor serves the files', async () => {
    const trade = await place(system, { brief: 'A note' });
    await trade.buyer('pay');
    const market = await trade.status('delivered');
    expect(market.deliverables[0]?.deliverable_url).toContain(`${system.urls.ingestor}/artifacts/`);
    const file = await opened(market.deliverables[0]?.deliverable_url ?? '');
    expect(file.text).toContain('A note');
    await trade.fact('heard');
  });
});
