import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningSandbox, startSandbox } from './test-support/running-sandbox.ts';

const FOLDER = path.resolve(import.meta.dirname, '../public');

let market: RunningSandbox;
beforeAll(async () => {
  market = await startSandbox();
});
afterAll(() => market[Symbol.asyncDispose]());

test('the page and its files are served with a strict policy', async () => {
  for (const file of [
    '',
    'console.css',
    ...(await readdir(FOLDER)).filter((name) => name !== 'index.html'),
  ]) {
    const answer = await fetch(`${market.url}/${file}`);
    expect([file, answer.status]).toEqual([file, 200]);
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'");
    expect(policy).toContain("img-src 'self' http: https:");
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test('the page interprets no text as HTML', async () => {
  for (const file of await readdir(FOLDER)) {
    const source = await readFile(path.join(FOLDER, file), 'utf8');
    expect(source).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\sstyle=|\son\w+=/);
  }
});

test('the page shows the beginning of a text deliverable', async () => {
  const id = await market.paid();
  const deliver = (url: string) =>
    market.api(`POST /api/orders/${id}/deliver`, { deliverable_url: url, deliverable_media_type: 'text' });
  await deliver(`${market.url}/style.css`);
  await deliver(`${market.url}/nothing`);
  const text = (index: number) => market.api(`GET /sandbox/orders/${id}/deliverables/${index}/text`);
  expect((await text(0)).data).toEqual({ text: expect.stringContaining(':root'), is_cut: false });
  expect(await text(1)).toMatchObject({
    status: 502,
    error: 'The deliverable cannot be read: It answers 404',
  });
  expect((await text(2)).status).toBe(404);
});
