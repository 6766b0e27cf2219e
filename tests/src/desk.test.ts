import { CHROMIUM_FLAGS } from '@fulfillment/devtools';
import { accessibilityProblems } from '@fulfillment/platform/test-support';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type System, startSystem } from './harness/system.ts';
import { place } from './harness/trade.ts';

let system: System;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  system = await startSystem();
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? 'chromium',
    args: [...CHROMIUM_FLAGS],
  });
  page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await system?.close();
}, 60_000);

test("a buyer's question is answered with two clicks from the list, and the answer is in the thread", async () => {
  const order = await place(system, {});
  await order.buyer('pay');
  await order.status('delivered');
  await order.buyer('message', { content: 'In two sizes?' });

  await page.goto(system.urls.admin);
  await page.locator('[data-group="Unread message"] a.title').click({ timeout: 15_000 });
  await page.locator('#conversation').getByText('In two sizes?').waitFor();
  await page.getByLabel('Reply to the buyer').fill('Yes, in A4 and A5.');
  await page.getByText('18 of 2000').waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Send' }).click();

  const reply = page.locator('#conversation .message.operator');
  await reply.getByText('Sent').waitFor({ timeout: 15_000 });
  expect(await reply.locator('.text').textContent()).toBe('Yes, in A4 and A5.');
  const { messages } = await system.sandbox.order(order.ref.orderId);
  expect(messages.filter(({ content }) => content === 'Yes, in A4 and A5.')).toMatchObject([
    { sender_type: 'agent' },
  ]);
  expect(await page.locator('[data-attention^="unread"]').count()).toBe(0);
  expect(await accessibilityProblems(page)).toEqual([]);
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/reply.png` });
}, 60_000);

test('a generation that runs in another process is stopped, and two files are delivered by hand', async () => {
  const order = await place(system, { service: 'Slow work' });
  await order.buyer('pay');
  const record = () => system.store.load(order.ref);
  const begun = async () => (await record())?.facts.filter(({ type }) => type === 'began').length ?? 0;
  await expect.poll(begun, { timeout: 15_000 }).toBe(1);

  await page.goto(`${system.urls.admin}/orders/${order.ref.agentId}/${order.ref.orderId}`);
  const running = page.locator('#running');
  await running.getByText('Running', { exact: true }).waitFor();
  await running.getByText('slow').waitFor();
  expect(await running.getByRole('button', { name: 'Stop it' }).isVisible()).toBe(false);
  await running.getByText('Stop', { exact: true }).click();
  expect(await accessibilityProblems(page)).toEqual([]);
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/stop.png` });
  await running.getByRole('button', { name: 'Stop it' }).click();

  await page.locator('[data-attention="stopped:generate:0:0"]').waitFor();
  expect(await page.locator('#running').count()).toBe(0);
  const active = () => system.queues.get('generation').getActiveCount();
  await expect.poll(active, { timeout: 15_000 }).toBe(0);
  expect(await begun()).toBe(1);
  expect(await accessibilityProblems(page)).toEqual([]);
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/stopped.png` });

  await page.getByText('Deliver by hand').click();
  await page.getByLabel('Files').setInputFiles([
    { name: 'first.txt', mimeType: 'text/plain', buffer: Buffer.from('The first file.') },
    { name: 'second.md', mimeType: 'text/markdown', buffer: Buffer.from('# The second file') },
  ]);
  expect(await accessibilityProblems(page)).toEqual([]);
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/by-hand.png` });
  await page.getByRole('button', { name: 'Deliver these files' }).click();
  await order.status('delivered');
  expect(await begun()).toBe(1);
  const { deliverables } = await system.sandbox.order(order.ref.orderId);
  const texts = await Promise.all(
    deliverables.map(async ({ deliverable_url: url }) => (await fetch(String(url))).text()),
  );
  expect(texts.toSorted()).toEqual(['# The second file', 'The first file.']);
  await page.locator('#delivered figcaption', { hasText: 'first.txt' }).waitFor();
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/delivered.png` });
}, 60_000);

test('a paused handler holds its orders, visibly, until somebody resumes it', async () => {
  const earlier = await place(system, { service: 'Several files' });
  await earlier.buyer('pay');
  await earlier.status('delivered');
  await page.goto(`${system.urls.admin}/services`);
  await page.getByRole('button', { name: 'Pause handler several-files' }).click({ timeout: 15_000 });
  await page.locator('[data-part="handler:several-files"]').getByText('Paused').waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/services.png` });

  const order = await place(system, { service: 'Several files' });
  await order.buyer('pay');
  await page.goto(`${system.urls.admin}/orders/${order.ref.agentId}/${order.ref.orderId}`);
  await page
    .locator('#running')
    .getByText('This order waits: handler "several-files" is paused by operator')
    .waitFor({ timeout: 15_000 });
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/held.png` });
  const metrics = async () =>
    (
      await Promise.all(Object.values(system.urls).map(async (url) => (await fetch(`${url}/metrics`)).text()))
    ).join('\n');
  const held = /fulfillment_work_paused\{[^}]*id="several-files"[^}]*\} 1/;
  await expect.poll(metrics, { timeout: 15_000 }).toMatch(held);

  await page.getByRole('link', { name: 'resumes it on the Services page' }).click();
  await page.getByRole('button', { name: 'Resume handler several-files' }).click();
  await order.status('delivered');
  expect(await system.store.load(order.ref)).toMatchObject({
    facts: expect.arrayContaining([expect.objectContaining({ type: 'began', handler: 'several-files' })]),
  });
  await expect.poll(metrics, { timeout: 15_000 }).not.toMatch(held);
}, 60_000);
