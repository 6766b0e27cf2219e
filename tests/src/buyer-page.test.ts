import { CHROMIUM_FLAGS } from '@fulfillment/devtools';
import { accessibilityProblems } from '@fulfillment/platform/test-support';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type System, startSystem } from './harness/system.ts';

const BRIEF = 'A kite <img src=x onerror=alert(1)>';

let system: System;
let browser: Browser;
let page: Page;
/** Unexpected dialogs, content that the page's policy blocked, and errors of its scripts. */
const surprises: string[] = [];

beforeAll(async () => {
  system = await startSystem();
  for (const [title, price_type] of [
    ['Several files', 'fixed'],
    ['Quoted text', 'quote'],
  ]) {
    await system.sandbox.post('/sandbox/services', {
      agent_id: system.agentIds.studio,
      title,
      category: 'custom',
      price_type,
      price_usd: '20.00',
      max_revisions: 1,
    });
  }
  // The list price is 0, as for every service without one.
  await system.sandbox.post('/sandbox/services', {
    agent_id: system.agentIds.studio,
    title: 'Priced on request',
    category: 'custom',
    price_type: 'quote',
  });
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? 'chromium',
    args: [...CHROMIUM_FLAGS],
  });
  page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  page.setDefaultTimeout(8000);
  page.on('dialog', (dialog) => {
    surprises.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => surprises.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) surprises.push(message.text());
  });
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await system?.close();
}, 60_000);

/** Waits until the shown order has a status. */
const status = (text: string) => page.locator('#order header .badge', { hasText: text }).waitFor();
const button = (name: string | RegExp) => page.getByRole('button', { name }).click();
/**
 * Fails if axe-core finds a problem on the open page. SCREENSHOTS names a folder for pictures, for
 * a human to check.
 */
async function look(name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await accessibilityProblems(page), `${name}, ${colorScheme}`).toEqual([]);
    if (folder) await page.screenshot({ path: `${folder}/buyer-${name}-${colorScheme}.png`, fullPage: true });
  }
}

test('a buyer places an order, sees its delivery, asks for a revision and approves', async () => {
  await page.goto(system.urls.sandbox);
  await look('empty');
  await page.getByText('Several files').click();
  await page.getByLabel('Brief').fill(BRIEF);
  await button('Place order');
  await button(/^Pay \$20/);
  await status('delivered');
  await page.getByText(`For: ${BRIEF}`).waitFor();
  expect(await page.locator('.deliverables figure').count()).toBe(4);
  await page.locator('#order .thread .theirs').first().waitFor();
  await look('delivered');

  await page.locator('summary', { hasText: 'Ask for a revision' }).click();
  await page.getByLabel('What should change?').fill('More wind, please.');
  await page.locator('form').getByRole('button', { name: 'Ask for a revision' }).click();
  await page.getByText('Feedback: More wind, please.').waitFor();
  await page.getByText('1 of 1').waitFor();
  await status('delivered');
  await look('revised');

  await button('Approve');
  await status('completed');
  await page.getByText('Thank you').waitFor();
  await look('completed');
  expect(surprises).toEqual([]);
});

test('a buyer asks for a price, pays it and writes to the seller', async () => {
  await page.goto(system.urls.sandbox);
  await page.getByText('Quoted text').click();
  await page.getByLabel('Brief').fill('Three reasons to like queues.');
  await button('Place order');
  await status('quoted');
  await look('quoted');
  await button('Pay $45');
  await status('delivered');
  await page.getByLabel('Message to the seller').fill('Lovely, thank you.');
  await button('Send');
  await page.locator('#order .thread .mine', { hasText: 'Lovely, thank you.' }).waitFor();
  expect(surprises).toEqual([]);
});

test('a service that is priced by quote shows no price', async () => {
  await page.goto(system.urls.sandbox);
  const price = page.locator('label.service', { hasText: 'Priced on request' }).locator('b');
  await price.waitFor();
  expect(await price.textContent()).toBe('by quote');
});

/** Longer than its box, with a word that no line can hold. */
const LONG_BRIEF = `${'A kite over the sea, with a long tail and a small boat below it. '.repeat(60)}\n${'x'.repeat(400)}`;

/** Places an order with the studio through the control API. @returns its id. */
async function place(more: object): Promise<string> {
  const { id } = await system.sandbox.post<{ id: string }>('/sandbox/orders', {
    agent_id: system.agentIds.studio,
    ...more,
  });
  return id;
}

test.each([1280, 390])('a long brief and its references can be read at %i px', async (width) => {
  const references = ['https://one.example/a', 'http://two.example/b', 'javascript:alert(1)'];
  const id = await place({ brief: LONG_BRIEF, kind: 'bounty', reference_urls: references });
  await page.setViewportSize({ width, height: 844 });
  await page.goto(`${system.urls.sandbox}/#${id}`);
  await page.getByRole('heading', { name: /^A kite over the sea/ }).waitFor();
  await page.getByRole('group', { name: 'Request' }).waitFor();
  const links = page.locator('#order dd a');
  expect(await links.evaluateAll((found) => found.map((link) => link.getAttribute('href')))).toEqual(
    references.slice(0, 2),
  );
  await page.locator('#order dd', { hasText: 'javascript:alert(1)' }).waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  await look(`long-${width}`);
  await page.setViewportSize({ width: 1280, height: 1000 });
});

test('on a telephone the order comes first, with a way back', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('link', { name: '← All orders' }).click();
  await page.getByLabel('Brief').waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  await look('telephone');
});
