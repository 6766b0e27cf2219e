import type { Fact } from '@fulfillment/shared';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { putOrder, startTestAdmin, type TestAdmin } from '../test-support/admin.ts';
import { BROWSER_FLAGS } from '../test-support/browser.ts';

let admin: TestAdmin;
let browser: Browser;
let page: Page;
let number = 0;
let ref = { agentId: 'agent_1', orderId: 'ord_0' };

beforeAll(async () => {
  admin = await startTestAdmin();
  const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  browser = await chromium.launch({ executablePath, args: BROWSER_FLAGS });
  page = await browser.newPage({ javaScriptEnabled: false });
});
afterAll(async () => {
  await browser?.close();
  await admin?.close();
});
beforeEach(() => {
  number += 1;
  ref = { agentId: 'agent_1', orderId: `ord_${number}` };
});

async function open(fields: Record<string, unknown>, facts: Fact[]): Promise<void> {
  await putOrder(admin.runtime, ref, { fields, facts });
  await page.goto(new URL(`/orders/${ref.agentId}/${ref.orderId}`, admin.address).href);
}
const factsOf = async (type: Fact['type']) =>
  (await admin.runtime.store.load(ref))?.facts.filter((fact) => fact.type === type) ?? [];

const failed = (stepKey: string): Fact => ({ type: 'failed', stepKey, attempt: 0, reason: 'No ink.' });
const draft = {
  type: 'generated',
  round: '0',
  handler: 'painter',
  products: [{ url: 'https://example.com/a.png', mediaType: 'image' }],
  draft: 0,
  review: true,
} satisfies Fact;

const regenerated = {
  type: 'reviewed',
  round: '0',
  draft: 0,
  verdict: 'regenerate',
  note: '',
  message: null,
  by: 'ada',
} satisfies Fact;

test.each<[string, string, RegExp, Record<string, unknown>, Fact[], Fact['type']]>([
  [
    'a second generation',
    'Generate again and deliver',
    /its cost is spent again.*the buyer gets the output at once/,
    {},
    [failed('generate:0')],
    'operator_retried',
  ],
  [
    'a second delivery',
    'Deliver again',
    /A delivery cannot be taken back/,
    {},
    [{ ...draft, review: false }, failed('deliver:0')],
    'operator_retried',
  ],
  [
    'files by hand that no store took',
    'Deliver the files by hand again',
    /If the files are gone, the handler generates/,
    {},
    [
      draft,
      { ...regenerated, byHand: 'upload_0' },
      { type: 'failed', stepKey: 'generate:0', attempt: 1, reason: 'The store is down.' },
    ],
    'operator_retried',
  ],
  [
    'the round of a dispute',
    'Generate and deliver again',
    /may cost money/,
    { status: 'disputed' },
    [],
    'operator_released',
  ],
  [
    'the end of a dispute',
    'Acknowledge',
    /other actions are no longer offered/,
    { status: 'disputed' },
    [],
    'operator_acknowledged',
  ],
  ['an approval', 'Approve and deliver', /The buyer gets these files now/, {}, [draft], 'reviewed'],
])('%s is confirmed with its consequence, without a script', async (_, label, text, fields, facts, fact) => {
  await open(fields, facts);
  const button = page.getByRole('button', { name: label, exact: true });
  await page.getByText(`${label}…`, { exact: true }).waitFor();
  expect(await button.isVisible()).toBe(false);
  await page.getByText(`${label}…`, { exact: true }).click();
  await page.getByText(text).waitFor();
  expect(await factsOf(fact)).toHaveLength(0);
  await button.click();
  expect(await factsOf(fact)).toHaveLength(1);
});

test('a declined draft is confirmed below its reason, and says whether the buyer reads the reason', async () => {
  await open({}, [draft]);
  await page.getByText('Decline to deliver…').click();
  await page.getByText('The buyer gets your reason').waitFor();
  await page.getByLabel('Why you decline to deliver').fill('It shows a dog.');
  await page.getByRole('button', { name: 'Decline to deliver', exact: true }).click();
  expect(await factsOf('reviewed')).toMatchObject([{ verdict: 'refuse', note: 'It shows a dog.' }]);
});

test('an acknowledgement that takes no other action away needs one press', async () => {
  await open({ status: 'something_new' }, []);
  await page.getByRole('button', { name: 'Acknowledge', exact: true }).click();
  expect(await factsOf('operator_acknowledged')).toHaveLength(1);
});

test('a note for the handler goes along with a confirmed action', async () => {
  await open({}, [failed('generate:0')]);
  await page.getByLabel('Note for the handler').fill('The left photo.');
  await page.getByText('Generate again and deliver…').click();
  await page.getByRole('button', { name: 'Generate again and deliver', exact: true }).click();
  expect(await factsOf('operator_retried')).toMatchObject([{ note: 'The left photo.' }]);
});
