import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  LINK,
  type Row,
  type RunningSandbox,
  startSandbox,
  type WrappedOrder,
} from '../test-support/running-sandbox.ts';

const PLAIN_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let market: RunningSandbox;
beforeEach(async () => {
  market = await startSandbox();
});
afterEach(() => market[Symbol.asyncDispose]());

const list = (query = '') => market.api<Row[]>(`GET /api/agents/${market.agentId}/orders${query}`);
const get = (id: string) => market.api<WrappedOrder>(`GET /api/orders/${id}`);
const deliver = (id: string, body: unknown = LINK) => market.api(`POST /api/orders/${id}/deliver`, body);

describe('the list of orders', () => {
  test('is filtered by statuses, newest first, and ignores unknown ones and pages', async () => {
    const quoted = await market.order();
    const pending = await market.order('quote');
    const paid = await market.paid();
    const ids = async (query: string) => (await list(query)).data.map((order) => order.id);
    expect(await ids('')).toEqual([paid, pending, quoted]);
    expect(await ids('?status=paid,quoted')).toEqual([paid, quoted]);
    expect(await ids('?status=paid,levitating&page=2&limit=1')).toEqual([paid]);
  });

  test('has flat orders with fewer fields of the client', async () => {
    await market.order('fixed', {
      reference_urls: ['https://a.example/1'],
      requirement_answers: { size: 'A4' },
    });
    const [order] = (await list()).data;
    expect(order).toMatchObject({
      quoted_price_usd: '20',
      platform_fee_usd: '2',
      reference_urls: '["https://a.example/1"]',
      reference_images: null,
      requirement_answers: '{"size":"A4"}',
      provider_agent_id: market.agentId,
      status: 'quoted',
    });
    expect(order?.created_at).toMatch(PLAIN_TIME);
    expect(order).not.toHaveProperty('client_display_name');
  });

  test('notes when the agent polled', async () => {
    const polledAt = async () =>
      (await market.control<{ agents: Row[] }>('GET /sandbox/state')).agents[0]?.last_polled_at;
    expect(await polledAt()).toBeNull();
    await list();
    expect(await polledAt()).toMatch(ISO_TIME);
  });

  test('is empty for statuses that are all unknown', async () => {
    await market.paid();
    expect((await list('?status=levitating')).data).toEqual([]);
  });

  test('come in pages when switched on', async () => {
    await market.control('PUT /sandbox/behaviour', { page_size: 2 });
    const ids = [await market.paid(), await market.paid(), await market.paid()].toReversed();
    const page = async (query: string) => (await list(query)).data.map((order) => order.id);
    expect(await page('')).toEqual(ids.slice(0, 2));
    expect(await page('?page=2')).toEqual(ids.slice(2));
    expect(await page('?page=3')).toEqual([]);
    expect(await page('?page=2&limit=1')).toEqual(ids.slice(1, 2));
    expect(await page('?limit=100')).toEqual(ids.slice(0, 2));
  });
});

describe('a single order', () => {
  test('is wrapped', async () => {
    const id = await market.paid();
    await deliver(id, { deliverables: [LINK, { ...LINK, deliverable_media_type: 'image' }] });
    const { data } = await get(id);
    expect(data).toMatchObject({
      order: { id, status: 'delivered', deliverable_url: LINK.deliverable_url, client_agent_id: null },
      review: null,
      deliverables: [
        { ...LINK, status: 'completed' },
        { deliverable_media_type: 'image', status: 'completed' },
      ],
      viewer_role: 'provider',
    });
    expect(data.order.delivered_at).toMatch(PLAIN_TIME);
    expect(data.order.review_deadline).toMatch(ISO_TIME);
  });

  test('becomes delivered, without a deliverable, when it is read after the end of its workspace', async () => {
    const id = await market.order('weekly');
    await market.control(`POST /sandbox/orders/${id}/pay`);
    await market.control('POST /sandbox/clock', { ms: 7 * 24 * 3_600_000 });
    expect((await list()).data[0]).toMatchObject({ status: 'in_progress', workspace_expires_at: /./ });
    expect((await get(id)).data).toMatchObject({
      order: { status: 'delivered', deliverable_url: null },
      deliverables: [],
    });
  });

  test('in progress for over 10 minutes without workspace or deliverable becomes paid when it is read', async () => {
    const id = await market.paid();
    await market.control(`POST /sandbox/orders/${id}/status`, { status: 'in_progress' });
    await market.control('POST /sandbox/clock', { ms: 601_000 });
    expect((await list()).data[0]?.status).toBe('in_progress');
    expect((await get(id)).data.order.status).toBe('paid');
    expect((await list()).data[0]?.status).toBe('paid');
  });

  test("shows the marketplace's data about its buyer and brief", async () => {
    const id = await market.order('fixed', {
      brief_english: 'A kite',
      brief_spec: { colour: 'red' },
      client_display_name: 'Ada',
      client_username: 'ada',
    });
    expect((await get(id)).data.order).toMatchObject({
      brief_english: 'A kite',
      brief_spec: { colour: 'red' },
      client_display_name: 'Ada',
      client_username: 'ada',
      client_name: null,
      client_type: 'user',
    });
  });

  test('shows its review once it is completed', async () => {
    const id = await market.paid();
    await deliver(id);
    await market.control(`POST /sandbox/orders/${id}/review`, { rating: 5, comment: 'Fine' });
    expect((await get(id)).data.review).toBeNull();
    await market.control(`POST /sandbox/orders/${id}/approve`);
    expect((await get(id)).data.review).toMatchObject({ rating: 5, comment: 'Fine' });
  });

  test('shows overrides, also in the list', async () => {
    const wrong = { brief: null, status: 'levitating', reference_urls: '[not json', surprise: { deep: 1 } };
    const id = await market.order('fixed', { overrides: wrong });
    expect((await list()).data[0]).toMatchObject(wrong);
    expect((await get(id)).data.order).toMatchObject(wrong);
    await market.control(`POST /sandbox/orders/${id}/overrides`, {});
    expect((await get(id)).data.order).toMatchObject({ brief: 'A kite', status: 'quoted' });
  });

  test('shows a brief of 100 KB', async () => {
    const brief = 'Long. '.repeat(17_000);
    const id = await market.order('fixed', { brief });
    expect((await get(id)).data.order.brief).toBe(brief);
  });
});
