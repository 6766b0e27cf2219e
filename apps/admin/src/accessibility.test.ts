import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { accessibilityProblems } from '@fulfillment/platform/test-support';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD, startTestAdmin, type TestAdmin } from './test-support/admin.ts';
import { BROWSER_FLAGS } from './test-support/browser.ts';
import { openShop } from './test-support/shop.ts';

const folder = await mkdtemp(path.join(os.tmpdir(), 'accessibility-'));
let admin: TestAdmin;
let browser: Browser;
/** The addresses of the pages, by what they show. */
let pages: Record<string, string>;
let locked: TestAdmin;

beforeAll(async () => {
  admin = await startTestAdmin({ ARTIFACTS_DIR: folder });
  locked = await startTestAdmin({ ADMIN_PASSWORD: PASSWORD, ADMIN_READ_ONLY: 'true' });
  pages = await openShop(admin, folder);
  pages.login = new URL('/login', locked.address).href;
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: BROWSER_FLAGS,
  });
});
afterAll(async () => {
  await browser?.close();
  await admin?.close();
  await locked?.close();
  await rm(folder, { recursive: true, force: true });
});

/** For whoever wants to look: SCREENSHOTS names a folder for pictures of every page. */
async function look(page: Page, name: string): Promise<void> {
  const pictures = process.env.SCREENSHOTS;
  if (pictures) await page.screenshot({ path: path.join(pictures, `admin-${name}.png`), fullPage: true });
}

/** Every page of ours, as it is found wrong. */
async function problems(page: Page, looks: string): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const [name, url] of Object.entries(pages)) {
    await page.goto(new URL(url, admin.address).href);
    await page.locator('main').waitFor();
    await look(page, `${name.replaceAll(' ', '-')}-${looks}`);
    await page.evaluate("document.querySelectorAll('details').forEach((folded) => { folded.open = true; })");
    const here = await accessibilityProblems(page);
    const width = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    if (width > 0) here.push(`the page is ${width} px wider than the window`);
    if (here.length > 0) found[name] = here;
  }
  return found;
}

describe('axe-core finds nothing wrong with any page', () => {
  test.each([
    ['light', { colorScheme: 'light', viewport: { width: 1280, height: 900 } }],
    ['dark', { colorScheme: 'dark', viewport: { width: 1280, height: 900 } }],
    ['light-390', { colorScheme: 'light', viewport: { width: 390, height: 800 } }],
    ['dark-390', { colorScheme: 'dark', viewport: { width: 390, height: 800 } }],
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
