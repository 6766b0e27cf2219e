import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { accessibilityProblems } from '@fulfillment/platform/test-support';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD, startTestAdmin, type TestAdmin } from './test-support/admin.ts';
import { BROWSER_FLAGS } from './test-support/browser.ts';
import { openShop, type ShopPage } from './test-support/shop.ts';
import { startTroubledAdmin, type TroubledAdmin } from './test-support/troubled-admin.ts';

const folder = await mkdtemp(path.join(os.tmpdir(), 'accessibility-'));
let admin: TestAdmin;
let browser: Browser;
/** The pages, by their content. */
let pages: Record<string, ShopPage>;
let locked: TestAdmin;
let troubled: TroubledAdmin;

beforeAll(async () => {
  admin = await startTestAdmin({ ARTIFACTS_DIR: folder });
  locked = await startTestAdmin({ ADMIN_PASSWORD: PASSWORD, ADMIN_READ_ONLY: 'true' });
  pages = await openShop(admin, folder);
  troubled = await startTroubledAdmin();
  pages.login = { path: new URL('/login', locked.address).href, text: 'Password' };
  pages['no writes'] = { path: troubled.address, text: 'Redis takes no writes' };
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: BROWSER_FLAGS,
  });
});
afterAll(async () => {
  await browser?.close();
  await admin?.close();
  await locked?.close();
  await troubled?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Saves a picture of every page into the folder that SCREENSHOTS names, for a human to check. */
async function look(page: Page, name: string): Promise<void> {
  const pictures = process.env.SCREENSHOTS;
  if (pictures) await page.screenshot({ path: path.join(pictures, `admin-${name}.png`), fullPage: true });
}

/** The problems of every page. */
async function problems(page: Page, looks: string): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const [name, { path: url, text, status = 200 }] of Object.entries(pages)) {
    const answer = await page.goto(new URL(url, admin.address).href);
    expect(`${name}: ${answer?.status()}`).toBe(`${name}: ${status}`);
    expect(await page.locator('main').textContent()).toContain(text);
    const here = await problemsHere(page, `${name.replaceAll(' ', '-')}-${looks}`);
    if (here.length > 0) found[name] = here;
  }
  await page.goto(new URL('/login', locked.address).href);
  await page.getByLabel('Name').fill('operator');
  await page.getByLabel('Password').fill('a guess');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').getByText('do not match').waitFor();
  const failed = await problemsHere(page, `login-failed-${looks}`);
  return failed.length > 0 ? { ...found, 'login failed': failed } : found;
}

/** The problems of the open page, with every section unfolded. */
async function problemsHere(page: Page, picture: string): Promise<string[]> {
  await look(page, picture);
  await page.evaluate("document.querySelectorAll('details').forEach((folded) => { folded.open = true; })");
  const here = await accessibilityProblems(page);
  const width = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  return width > 0 ? [...here, `the page is ${width} px wider than the window`] : here;
}

describe('axe-core finds no problem on any page', () => {
  test.each([
    ['light', { colorScheme: 'light', viewport: { width: 1280, height: 900 } }],
    ['dark', { colorScheme: 'dark', viewport: { width: 1280, height: 900 } }],
    ['light-390', { colorScheme: 'light', viewport: { width: 390, height: 800 } }],
  ] as const)(
    '%s',
    async (name, options) => {
      const page = await browser.newPage(options);
      expect(await problems(page, name)).toEqual({});
      await page.close();
    },
    120_000,
  );
});
