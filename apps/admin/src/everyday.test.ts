import path from 'node:path';
import { AGENTS } from '@fulfillment/example-shop';
import { accessibilityProblems } from '@fulfillment/platform/test-support';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PASSWORD } from './test-support/admin.ts';
import { BROWSER_FLAGS } from './test-support/browser.ts';
import { type ExampleAdmin, startExampleAdmin } from './test-support/example-admin.ts';

/** The tasks of every day, on a shop of 300 orders over three agents. */

let admin: ExampleAdmin;
let browser: Browser;
let page: Page;
const violations: string[] = [];

beforeAll(async () => {
  admin = await startExampleAdmin({ ADMIN_PASSWORD: PASSWORD });
  const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  browser = await chromium.launch({ executablePath, args: BROWSER_FLAGS });
  page = await openBrowser();
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) violations.push(message.text());
  });
});
afterAll(async () => {
  await browser?.close();
  await admin?.close();
});
beforeEach(() => open('/'));

const open = (url: string) => page.goto(new URL(url, admin.address).href);
const search = () => page.getByRole('combobox', { name: 'Search orders' });
const rows = () => page.locator('main tr[data-row]');

/** A logged-in browser of its own. */
async function openBrowser(look: 'light' | 'dark' = 'light'): Promise<Page> {
  const opened = await browser.newPage({ colorScheme: look, viewport: { width: 1360, height: 860 } });
  await opened.goto(new URL('/login', admin.address).href);
  await opened.getByLabel('Name').fill('operator');
  await opened.getByLabel('Password').fill(PASSWORD);
  await opened.getByRole('button', { name: 'Log in' }).click();
  await opened.waitForURL(new URL('/', admin.address).href);
  return opened;
}

describe('in one step, the operator finds', () => {
  test.each([
    ['a fragment of an id', () => admin.orders[150]?.id.slice(6, 24) ?? '', 1],
    ['a buyer', () => 'Yusuf', null],
    ['a word of a brief', () => 'tractors', null],
  ])('%s', async (_what, text, count) => {
    await search().fill(text());
    await search().press('Enter');
    await page.getByRole('heading', { name: 'Orders', exact: true }).waitFor();
    expect(await search().inputValue()).toBe(text());
    const found = await rows().count();
    expect(found).toBeGreaterThan(0);
    if (count !== null) expect(found).toBe(count);
  });
});

test('late orders and those due within four hours are one click away, the most money first', async () => {
  await open('/orders');
  await page.getByRole('link', { name: 'Late or due within 4 h' }).click();
  await page.waitForURL('**/orders?q=is%3Aopen+due%3A%3C4h&sort=price');
  const prices = await page.locator('td[data-label=Price]').allTextContents();
  const amounts = prices.map((price) => Number(price.replace(/[^\d.]/g, '')));
  expect(amounts.length).toBeGreaterThan(10);
  expect(amounts).toEqual(amounts.toSorted((one, other) => other - one));
});

test('the margin per handler of this week is one click away', async () => {
  await page.getByRole('link', { name: 'Money' }).click();
  await page.getByRole('heading', { name: 'Money' }).waitFor();
  await page.locator('tr', { hasText: 'copy' }).locator('td[data-label="Margin %"]').getByText('%').waitFor();
});

test("a filter's URL shows the same list in another browser", async () => {
  await open('/orders?q=handler:logo&sort=cost&page=1');
  const other = await openBrowser('dark');
  await other.goto(page.url());
  const titles = (of: Page) =>
    of.locator('main tr[data-row]').evaluateAll('(rows) => rows.map(({ id }) => id)');
  expect(await titles(other)).toEqual(await titles(page));
  await other.close();
});

test('the keys search, move, select, open and show help', async () => {
  await open('/orders?q=is:open');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('x');
  await page.getByText('1 selected').waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  expect(await rows().first().getByRole('checkbox').isChecked()).toBe(true);
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/orders/agt_*/ord_*');
  await page.keyboard.press('/');
  await page.keyboard.type('paper');
  expect(await search().inputValue()).toBe('paper');
});

test('a live list keeps the selection, the scroll position and the typed text', async () => {
  await open('/orders?q=is:open');
  await rows().nth(30).getByRole('checkbox').check();
  await search().fill('half a sea');
  const [scrolled] = await page.evaluate<[number]>('window.scrollTo(0, 700); [window.scrollY]');
  const refreshed = page.waitForResponse((answer) => new URL(answer.url()).pathname === '/orders');
  await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
  await (await refreshed).finished();
  await page.locator('body:not(.is-stale)').waitFor();
  expect(await rows().nth(30).getByRole('checkbox').isChecked()).toBe(true);
  expect(await search().inputValue()).toBe('half a sea');
  expect(await page.evaluate('window.scrollY')).toBe(scrolled);
});

test('an open page of agents shows a pause that somebody else begins, and leads to its end', async () => {
  const refreshed = page.waitForResponse((answer) => answer.request().resourceType() === 'fetch');
  await page.getByRole('link', { name: 'Agents' }).click();
  await page.getByRole('heading', { name: 'Agents' }).waitFor();
  // Each page is refreshed once after it is opened. The pause comes later.
  await (await refreshed).finished();
  const { id, name } = AGENTS[0] ?? { id: '', name: '' };
  await admin.runtime.workPauses.pause('agent', id, 'Ben');
  const row = page.getByRole('row').filter({ hasText: name });
  await row.getByText('by Ben').waitFor();
  await row.getByRole('link', { name: 'Paused' }).click();
  await page.getByRole('button', { name: `Resume agent ${name}` }).click();
  await page.getByRole('button', { name: `Pause agent ${name}` }).waitFor();
  expect(await admin.runtime.workPauses.read()).toEqual([]);
});

test('a selection reaches over pages, survives a preview, and ends with the start', async () => {
  await open('/orders?q=is:paid-out');
  await rows().nth(0).getByRole('checkbox').check();
  await rows().nth(1).getByRole('checkbox').check();
  await page.getByRole('link', { name: 'Next' }).click();
  await page.getByText('2 selected, 2 on other pages').waitFor();
  await rows().nth(3).getByRole('checkbox').check();
  await page.getByText('3 selected, 2 on other pages').waitFor();
  await page.getByRole('button', { name: 'Read again' }).click();
  await page.getByRole('heading', { name: 'Read again: 3 orders' }).waitFor();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByText('3 selected, 1 on other pages').waitFor();
  await page.getByRole('button', { name: 'Read again' }).click();
  await page.getByRole('button', { name: 'Read again 3 orders' }).click();
  await page.getByText('3 done, 0 skipped, 0 failed').waitFor();
  await open('/orders?q=is:open');
  expect(await page.locator('.has-selection').count()).toBe(0);
  await open('/orders?q=is:paid-out');
  expect(await rows().nth(0).getByRole('checkbox').isChecked()).toBe(false);
});

test('twelve equal failures are retried with two clicks', async () => {
  await page.getByRole('button', { name: 'Retry all 12' }).click();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await accessibilityProblems(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1360, height: 860 });
  await page.getByRole('button', { name: 'Retry 12 orders' }).click();
  await page.getByText('12 done, 0 skipped, 0 failed').waitFor();
  await page.getByText('Finished').waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
});

test('no page breaks its content security policy', () => {
  expect(violations).toEqual([]);
});

// `pnpm screenshots` writes the pictures of the documentation.
const pictures = process.env.SCREENSHOTS;
if (pictures) {
  test('the screenshots', async () => {
    const paths = { attention: '/', orders: '/orders?q=is:open&sort=price', money: '/money?span=30d' };
    for (const look of ['light', 'dark'] as const) {
      const shown = await openBrowser(look);
      for (const [name, url] of Object.entries(paths)) {
        await shown.goto(new URL(url, admin.address).href);
        await shown.screenshot({ path: path.join(pictures, `console-${name}-${look}.png`) });
      }
      await shown.close();
    }
  });
}
