import { jobFor } from '@fulfillment/shared';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PASSWORD, putOrder, startTestAdmin, type TestAdmin } from './test-admin.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const REF = { agentId: 'agent_1', orderId: 'ord_1' };
const STEP = { name: 'generate', round: '0', attempt: 0 } as const;
const { jobId: JOB_ID } = jobFor(REF, STEP);
const SERVICE = 'A drawing <img src=x onerror=alert(1)>';

let admin: TestAdmin;
let browser: Browser;
let page: Page;
const violations: string[] = [];
const dialogs: string[] = [];

beforeAll(async () => {
  admin = await startTestAdmin({ ADMIN_PASSWORD: PASSWORD });
  await putOrder(admin.runtime, REF, { service_title: SERVICE, brief: '<script>alert(2)</script>' }, [
    { type: 'failed', stepKey: 'generate:0', attempt: 0, reason: 'Handler "draw" threw: no ink.' },
  ]);
  await admin.runtime.reconciler.reconcile(REF);
  await admin.runtime.queues.ensure(REF, STEP, Date.now());
  const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  browser = await chromium.launch({ executablePath, args: FLAGS });
  page = await browser.newPage();
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) violations.push(message.text());
  });
});

afterAll(async () => {
  await browser?.close();
  await admin?.close();
});

const open = (path: string) => page.goto(new URL(path, admin.address).href);
const pathOf = () => new URL(page.url()).pathname;

test('an operator logs in, looks into a queue, opens an order, and retries what failed', async () => {
  await open('/orders/agent_1/ord_1');
  expect(pathOf()).toBe('/login');
  expect((await page.request.get(new URL('/queues/api/queues', admin.address).href)).status()).toBe(401);

  await page.getByLabel('Name').fill('operator');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').getByText('do not match').waitFor();

  await page.getByLabel('Name').fill('operator');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL('**/orders/agent_1/ord_1');

  await page.getByRole('link', { name: 'Queues' }).click();
  await page.getByText('generation').first().waitFor();
  await open(`/queues/queue/generation/${JOB_ID}`);
  await page.getByText(JOB_ID).first().waitFor();
  await page.getByRole('link', { name: 'Order', exact: true }).first().waitFor();

  await open('/');
  await page.getByRole('heading', { name: '1 order waits for you' }).waitFor();
  expect(await page.title()).toContain('(1)');
  await page.getByRole('link', { name: SERVICE }).first().click();
  await page.getByRole('heading', { name: SERVICE }).waitFor();
  await page.locator('.timeline').getByText('generate:0 failed for good').waitFor();
  await page.locator('.text', { hasText: '<script>alert(2)</script>' }).waitFor();

  await page.getByRole('button', { name: 'Retry' }).click();
  await page.locator('.timeline').getByText('operator retries generate:0').waitFor();
  expect(await page.getByRole('button', { name: 'Retry' }).count()).toBe(0);

  await page.getByRole('button', { name: 'Log out' }).click();
  await open('/');
  expect(pathOf()).toBe('/login');
  expect(dialogs).toEqual([]);
});

test('the list follows what happens without a reload', async () => {
  await page.getByLabel('Name').fill('operator');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Orders', exact: true }).waitFor();
  await putOrder(admin.runtime, { ...REF, orderId: 'ord_2' });
  await page.getByRole('link', { name: 'ord_2' }).waitFor({ timeout: 15_000 });
});

test("the board's own script may act, since it comes from our pages", async () => {
  const queue = admin.runtime.queues.get('generation');
  const put = (action: string) =>
    page.evaluate(
      (url) => fetch(url, { method: 'PUT' }).then((answer) => answer.status),
      `/queues/api/queues/generation/${action}`,
    );
  expect(await put('pause')).toBe(200);
  expect(await queue.isPaused()).toBe(true);
  expect(await put('resume')).toBe(200);
  expect(await queue.isPaused()).toBe(false);
});

test('pages and board keep to their content security policy', () => {
  expect(violations.filter((text) => !text.includes('fonts.googleapis.com'))).toEqual([]);
});
