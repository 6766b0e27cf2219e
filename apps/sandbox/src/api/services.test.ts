import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AgentData,
  type Row,
  type RunningSandbox,
  startSandbox,
} from '../test-support/running-sandbox.ts';

const LONG = 'A service that tests make, sell and take away again.';

let market: RunningSandbox;
beforeAll(async () => {
  market = await startSandbox();
});
afterAll(() => market[Symbol.asyncDispose]());

describe('a service', () => {
  const path = () => `/api/agents/${market.agentId}/services`;

  test('is created, changed, listed and deleted', async () => {
    const input = { title: 'New', description: LONG, price_type: 'quote', category: 'seo', price_usd: '0' };
    const { status, data } = await market.api<Row>(`POST ${path()}`, input);
    expect(status).toBe(201);
    expect(data).toMatchObject({ title: 'New', price_type: 'quote', price_usd: '0', turnaround_hours: 48 });
    const one = `/api/services/${data.id}`;
    expect((await market.api<Row>(`PATCH ${one}`, { title: 'Newer' })).data.title).toBe('Newer');
    const titles = async () => (await market.api<Row[]>(`GET ${path()}`)).data.map((row) => row.title);
    expect(await titles()).toEqual(['fixed', 'quote', 'weekly', 'Newer']);
    expect((await market.api(`DELETE ${one}`)).data).toEqual({ id: data.id, active: 0 });
    expect((await market.api(`DELETE ${one}`)).status).toBe(404);
    expect((await market.api<Row>(`GET ${one}`)).data.active).toBe(0);
    expect(await titles()).not.toContain('Newer');
  });

  test('that is switched off is shown only to its agent', async () => {
    const [first] = (await market.api<Row[]>(`GET ${path()}`)).data;
    const off = { active: false, moderation_status: 'rejected', quota_limit: 3 };
    await market.control(`PATCH /sandbox/services/${first?.id}`, off);
    expect((await market.api<Row[]>(`GET ${path()}`)).data[0]).toMatchObject({ ...off, active: 0 });
    const ids = (await market.api<Row[]>('GET /api/services')).data.map((row) => row.id);
    expect(ids).not.toContain(first?.id);
  });

  test.each([
    [{ title: 'T' }, /^title must be/],
    [{ category: 'design' }, /^category is required\. Valid: image_gen, /],
    [{ description: 'Short' }, /^description must be between 40 and 1000 characters/],
    [{ price_usd: undefined }, /^price_usd must be/],
    [{ price_type: 'hourly' }, /^price_type must be/],
    [{ max_revisions: 11 }, /^max_revisions must be/],
    [{ quota_limit: -1 }, /^quota_limit must be/],
  ])('with %j is rejected', async (wrong, error) => {
    const right = { title: 'New', description: LONG, price_type: 'fixed', category: 'seo', price_usd: '5' };
    const answer = await market.api(`POST ${path()}`, { ...right, ...wrong });
    expect(answer).toMatchObject({ status: 400, error: expect.stringMatching(error) });
  });

  test('of another agent cannot be changed', async () => {
    const { agent_id } = await market.control<AgentData>('POST /sandbox/agents', { name: 'O' });
    const theirs = await market.control<Row>('POST /sandbox/services', { agent_id, title: 'T' });
    expect((await market.api(`PATCH /api/services/${theirs.id}`, { title: 'Mine' })).status).toBe(403);
  });
});
