import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { localDisk } from '@fulfillment/artifacts';
import { addBytes } from '@fulfillment/artifacts/test-support';
import { type Fact, jobFor } from '@fulfillment/shared';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PASSWORD, putOrder, startTestAdmin, type TestAdmin } from './test-support/admin.ts';
import { BROWSER_FLAGS } from './test-support/browser.ts';

const REF = { agentId: 'agent_1', orderId: 'ord_1' };
const STEP = { name: 'generate', round: '0', attempt: 0 } as const;
const { jobId: JOB_ID } = jobFor(REF, STEP);
const SERVICE = 'A drawing <img src=x onerror=alert(1)>';

const folder = await mkdtemp(path.join(os.tmpdir(), 'browser-'));
let admin: TestAdmin;
let browser: Browser;
let page: Page;
const violations: string[] = [];
const dialogs: string[] = [];

beforeAll(async () => {
  admin = await startTestAdmin({ ADMIN_PASSWORD: PASSWORD, ARTIFACTS_DIR: folder });
  await putOrder(admin.runtime, REF, {
    fields: { service_title: SERVICE, brief: '<script>alert(2)</script>' },
    facts: [{ type: 'failed', stepKey: 'generate:0', attempt: 0, reason: 'Handler "draw" threw: no ink.' }],
  });
  await admin.runtime.reconciler.reconcile(REF);
  await admin.runtime.queues.ensure(REF, STEP, Date.now());
  await admin.project();
  const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  browser = await chromium.launch({ executablePath, args: BROWSER_FLAGS });
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
  await rm(folder, { recursive: true, force: true });
});

const open = (path: string) => page.goto(new URL(path, admin.address).href);
/** A page refreshes when its tab comes to the front. */
const askForRefresh = () => page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
const pathOf = () => new URL(page.url()).pathname;

test('an operator logs in, opens a queue and an order, and retries the failed step', async () => {
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
  await page.getByRole('heading', { name: '1 order needs you' }).waitFor();
  expect(await page.title()).toContain('(1)');
  await page.getByRole('link', { name: SERVICE }).first().click();
  await page.getByRole('heading', { name: SERVICE }).waitFor();
  await page.locator('.timeline').getByText('Step "Generate the first version" failed for good').waitFor();
  await page.locator('.text', { hasText: '<script>alert(2)</script>' }).waitFor();

  await page.getByText('Generate again and deliver…').click();
  await page.getByRole('button', { name: 'Generate again and deliver' }).click();
  await page
    .locator('.timeline')
    .getByText('Operator retries the step "Generate the first version"')
    .waitFor();
  expect(await page.getByText('Generate again and deliver').count()).toBe(0);

  await page.getByRole('button', { name: 'Log out' }).click();
  await open('/');
  expect(pathOf()).toBe('/login');
  expect(dialogs).toEqual([]);
});

test('the list updates without a reload', async () => {
  await page.getByLabel('Name').fill('operator');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: '1 order needs you' }).waitFor();
  await page.getByRole('link', { name: 'Orders' }).first().click();
  await page.getByRole('heading', { name: 'Orders', exact: true }).waitFor();
  await putOrder(
    admin.runtime,
    { ...REF, orderId: 'ord_2' },
    { fields: { service_title: 'A second drawing' } },
  );
  await admin.project();
  await page.getByRole('link', { name: 'A second drawing' }).waitFor({ timeout: 15_000 });
});

test('a refresh reads out new content once', async () => {
  await open('/');
  await page.evaluate(`
    window.said = [];
    new MutationObserver((changes) => {
      for (const { target, addedNodes } of changes) {
        const inside = [...addedNodes].flatMap((node) => [...(node.querySelectorAll?.('[role=alert], [role=status], [aria-live]') ?? [])]);
        const around = target.closest?.('[role=alert], [role=status], [aria-live]');
        for (const region of around ? [around] : inside) window.said.push(region.textContent);
      }
    }).observe(document.body, { childList: true, characterData: true, subtree: true });
  `);
  const refreshed = () => page.waitForResponse((answer) => new URL(answer.url()).pathname === '/');
  await refreshed();
  await Promise.all([refreshed(), askForRefresh()]);
  expect(await page.evaluate('window.said')).toEqual([]);
  const ref = { ...REF, orderId: 'ord_4' };
  await putOrder(admin.runtime, ref, {
    facts: [{ type: 'failed', stepKey: 'generate:0', attempt: 0, reason: 'Handler "draw" threw: no paper.' }],
  });
  await admin.runtime.reconciler.reconcile(ref);
  await admin.project();
  await page.getByText('no paper').waitFor({ timeout: 15_000 });
  await Promise.all([refreshed(), askForRefresh()]);
  expect(await page.evaluate('window.said')).toEqual([expect.stringMatching(/^\(\d+\) Attention/)]);
}, 60_000);

test('a refresh never changes what a button acts on', async () => {
  const targets = ['no scissors', 'no glue', 'no string'];
  for (const [index, lack] of targets.entries()) {
    const ref = { ...REF, orderId: `ord_1${index}` };
    const fields = { quoted_price_usd: `${90 - index}.00` };
    const reason = `Handler "draw" threw: ${lack}.`;
    await putOrder(admin.runtime, ref, {
      fields,
      facts: [{ type: 'failed', stepKey: 'generate:0', attempt: 0, reason }],
    });
    await admin.runtime.reconciler.reconcile(ref);
  }
  await admin.project();
  await open('/');
  for (const lack of targets) await page.getByText(lack).first().waitFor();
  const target = `({ form }) => new URLSearchParams(new FormData(form)).toString()`;
  await page.evaluate(`
    window.buttons = [...document.querySelectorAll('main form button')].map((button) => ({
      button, target: (${target})(button),
    }));
  `);
  const [first] = targets;
  const ref = { ...REF, orderId: 'ord_10' };
  await admin.runtime.store.append(ref, [
    { type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'somebody else' },
  ]);
  await admin.runtime.reconciler.reconcile(ref);
  await admin.project();
  await page.getByText(String(first)).waitFor({ state: 'detached', timeout: 15_000 });
  const kept = await page.evaluate<{ before: string; now: string }[]>(`
    window.buttons.filter(({ button }) => button.isConnected)
      .map(({ button, target }) => ({ before: target, now: (${target})(button) }))
  `);
  expect(kept.length).toBeGreaterThan(1);
  for (const { before, now } of kept) expect(now).toBe(before);
});

test('a page that cannot be refreshed stays, and shows the reason', async () => {
  await open('/');
  await page.route(admin.address, (route) =>
    route.fulfill({
      status: 503,
      contentType: 'text/html',
      body: '<main id="content"><h1>The ledger is out of reach</h1></main>',
    }),
  );
  await askForRefresh();
  await page.getByText('not up to date. The ledger is out of reach.').waitFor({ timeout: 15_000 });
  await page.getByRole('heading', { name: /need you/ }).waitFor();
  await page.unroute(admin.address);
  await askForRefresh();
  await page.locator('body:not(.is-stale)').waitFor({ timeout: 15_000 });
});

test('a refresh with a foreign answer changes nothing, and reads nothing out', async () => {
  await open('/');
  const title = await page.title();
  const shown = await page.locator('main').innerHTML();
  await page.route(admin.address, (route) =>
    route.fulfill({ status: 502, contentType: 'text/html', body: '<title>Bad gateway</title>' }),
  );
  await askForRefresh();
  await page.locator('body.is-stale').waitFor({ timeout: 15_000 });
  expect(await page.title()).toBe(title);
  expect(await page.locator('#news').textContent()).not.toContain('Bad gateway');
  expect(await page.locator('main').innerHTML()).toBe(shown);
  await page.unroute(admin.address);
  await askForRefresh();
  await page.locator('body:not(.is-stale)').waitFor({ timeout: 15_000 });
}, 60_000);

/** A draft of an order: a picture of one pixel, red at first, and blue after a regeneration. */
async function draft(orderId: string, number: number): Promise<Fact> {
  const pixels = [
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYPgPAAEDAQAIicLsAAAAAElFTkSuQmCC',
  ];
  const body = Buffer.from(pixels[number] ?? '', 'base64');
  const file = { orderId, round: '0', body, contentType: 'image/png', fileName: 'cat.png' };
  const products = [{ mediaType: 'image' as const, artifact: await addBytes(localDisk({ folder }), file) }];
  return { type: 'generated', round: '0', handler: 'painter', products, draft: number, review: true };
}

/** The colour of the picture's first pixel, as the browser shows it. */
const colour = () =>
  page.evaluate<number[]>(`
    const brush = document.createElement('canvas').getContext('2d');
    brush.drawImage(document.querySelector('.draft img'), 0, 0);
    [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
  `);

test('an open order page shows the new draft above its form after a regeneration', async () => {
  const ref = { ...REF, orderId: 'ord_3' };
  await putOrder(admin.runtime, ref, { facts: [await draft(ref.orderId, 0)] });
  await open('/orders/agent_1/ord_3');
  await page.locator('[data-attention="review:0:0"]').waitFor();
  expect(await colour()).toEqual([255, 0, 0]);
  const again = { type: 'reviewed', round: '0', draft: 0, verdict: 'regenerate', note: 'Bluer.' } as const;
  await admin.runtime.store.append(ref, [
    { ...again, message: null, by: 'somebody else' },
    await draft(ref.orderId, 1),
  ]);
  await admin.project();
  await page.locator('[data-attention="review:0:1"]').waitFor({ timeout: 15_000 });
  await expect.poll(colour).toEqual([0, 0, 255]);
});

test('a picture that arrives late moves nothing on the page', async () => {
  const ref = { ...REF, orderId: 'ord_7' };
  await putOrder(admin.runtime, ref, { facts: [await draft(ref.orderId, 0)] });
  const { promise: shown, resolve: show } = Promise.withResolvers<void>();
  await page.route('**/drafts/**', async (route) => {
    await shown;
    await route.continue();
  });
  await page.goto(new URL('/orders/agent_1/ord_7', admin.address).href, { waitUntil: 'domcontentloaded' });
  const isComplete = () => page.evaluate<boolean>("document.querySelector('.draft img').complete");
  const caption = () => page.locator('.draft figcaption').boundingBox();
  const before = await caption();
  expect(await isComplete()).toBe(false);
  show();
  await expect.poll(isComplete).toBe(true);
  expect(await caption()).toEqual(before);
  await page.unroute('**/drafts/**');
});

test('what an operator typed survives the end of the session', async () => {
  const ref = { ...REF, orderId: 'ord_6' };
  await putOrder(admin.runtime, ref, { facts: [await draft(ref.orderId, 0)] });
  await open('/orders/agent_1/ord_6');
  const note = page.getByLabel('What should change');
  await page.getByText('Regenerate…').click();
  await note.fill('Bluer eyes, please.');
  await page.context().clearCookies();
  await page.locator('form', { has: note }).getByRole('button').click();
  await page.getByText('the page still has your text').waitFor();
  await page.getByRole('link', { name: 'Back' }).click();
  await page.getByLabel('Name').fill('operator');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL('**/orders/agent_1/ord_6');
  await expect.poll(() => note.inputValue()).toBe('Bluer eyes, please.');
  await open('/');
  await open('/orders/agent_1/ord_6');
  expect(await note.inputValue()).toBe('');
  expect((await admin.runtime.store.load(ref))?.facts.some(({ type }) => type === 'reviewed')).toBe(false);
});

test('a queue is paused and resumed on the System page, and the board offers neither', async () => {
  const queue = admin.runtime.queues.get('generation');
  await open('/system');
  await page.getByRole('button', { name: 'pause queue generation' }).click();
  await page.getByText('paused by operator').waitFor();
  expect(await queue.isPaused()).toBe(true);
  await page.getByRole('button', { name: 'resume queue generation' }).click();
  await page.getByRole('button', { name: 'pause queue generation' }).waitFor();
  expect(await queue.isPaused()).toBe(false);

  await open(`/queues/queue/generation/${JOB_ID}`);
  await page.getByText(JOB_ID).first().waitFor();
  expect(await page.getByRole('button', { name: /retry|promote|clean|pause|obliterate/i }).count()).toBe(0);
  const put = (action: string) =>
    page.evaluate(
      (url) => fetch(url, { method: 'PUT' }).then((answer) => answer.status),
      `/queues/api/queues/generation/${action}`,
    );
  expect(await put('pause')).toBe(405);
  expect(await queue.isPaused()).toBe(false);
});

test('pages and board keep to their content security policy', () => {
  expect(violations.filter((text) => !text.includes('fonts.googleapis.com'))).toEqual([]);
});
