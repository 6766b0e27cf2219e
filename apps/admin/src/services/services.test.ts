import type { Fact } from '@fulfillment/shared';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { putOrder } from '../test-support/admin.ts';
import { type ExampleAdmin, startExampleAdmin } from '../test-support/example-admin.ts';

let admin: ExampleAdmin;
beforeAll(async () => {
  admin = await startExampleAdmin();
});
afterAll(() => admin.close());
afterEach(async () => {
  for (const { part, id } of await pauses()) await admin.press('/services/resume', { part, id });
});

const pauses = () => admin.runtime.workPauses.read();
const page = async () => (await admin.ask('/services')).body;
const row = async (part: string) =>
  new RegExp(`<tr data-part="${part}">.*?</tr>`, 's').exec(await page())?.[0] ?? '';

test('the page shows handlers, services and agents with their earnings', async () => {
  const [order] = admin.orders;
  expect(order).toBeDefined();
  const body = await page();
  expect(body).toMatch(/id="handlers".*data-part="handler:copy".*id="services".*id="agents"/s);
  const copy = await row('handler:copy');
  expect(copy).toContain('href="/orders?q=handler%3A%3Dcopy"');
  expect(copy).toMatch(/data-label="Orders">[1-9]\d*</);
  expect(copy).toContain('Running');
});

test('the page shows how the work went', async () => {
  const quality = /<section class="panel" id="work">.*?<\/section>/s.exec(await page())?.[0] ?? '';
  const line =
    /<tr>\s*<td class="wide"><span class="muted">handler <\/span><a [^>]*><bdi>copy<.*?<\/tr>/s.exec(
      quality,
    )?.[0];
  expect(line).toMatch(/data-label="Success">\d+ % <small>of \d+</);
  expect(line).toMatch(/data-label="Run time, median">[\d.]+ (ms|s|min)/);
  expect(line).toMatch(/data-label="Tries per order">\d\.\d</);
});

const began = (handler: string): Fact => ({
  type: 'began',
  step: 'generate',
  round: '0',
  attempt: 0,
  start: 0,
  handler,
});
const failed = (stepKey: string, reason: string): Fact => ({ type: 'failed', stepKey, attempt: 0, reason });
/** An order of a handler, which is in the ledger. */
async function putOrderOf(handler: string, orderId: string, facts: Fact[]): Promise<void> {
  await putOrder(admin.runtime, { agentId: 'agent_1', orderId }, { facts: [began(handler), ...facts] });
  await admin.project();
}

test('a link leads to the orders of its handler, and not to those of a handler with a longer name', async () => {
  await putOrderOf('sketch', 'ord_sketch', []);
  await putOrderOf('sketches "2"', 'ord_sketches', []);
  const linked = async (part: string) => {
    const link = /href="(\/orders\?q=[^"]*)"/.exec(await row(part))?.[1] ?? '';
    const { body } = await admin.ask(link);
    return ['ord_sketch', 'ord_sketches'].filter((id) => body.includes(`row-agent_1/${id}"`));
  };
  expect(await linked('handler:sketch')).toEqual(['ord_sketch']);
  expect(await linked('handler:sketches &quot;2&quot;')).toEqual(['ord_sketches']);
});

test('the page shows the failures of a handler for which orders wait, and no other failures', async () => {
  await putOrderOf('poster', 'ord_ink', [failed('generate:0', 'Handler "poster" threw: no ink')]);
  await putOrderOf('poster', 'ord_paper', [failed('generate:0', 'Handler "poster" threw: no ink')]);
  await putOrderOf('poster', 'ord_stopped', [
    { type: 'operator_stopped', stepKey: 'generate:0', attempt: 0, by: 'ann' },
  ]);
  const product = { url: 'https://example.com/a.png', mediaType: 'image' as const };
  const output = { round: '0', handler: 'poster', products: [product], draft: 0, review: false };
  await putOrderOf('poster', 'ord_away', [
    { type: 'generated', ...output },
    failed('deliver:0', 'The marketplace rejected it'),
  ]);
  const quality = /<section class="panel" id="work">.*?<\/section>/s.exec(await page())?.[0] ?? '';
  const line = quality.split('<tr>').find((one) => one.includes('<bdi>poster</bdi>')) ?? '';
  expect(line).toContain('2 orders wait: ');
  expect(line).toContain('no ink');
  expect(line.match(/class="sub whole"/g)).toHaveLength(1);
});

test('Pause and Resume say who and since when, and a second press changes nothing', async () => {
  const form = { part: 'handler', id: 'copy' };
  expect((await admin.press('/services/pause', form)).headers.location).toBe('/services');
  const [first] = await pauses();
  expect(first).toMatchObject({ part: 'handler', id: 'copy', by: 'operator' });
  await admin.press('/services/pause', form);
  expect(await pauses()).toEqual([first]);
  expect(await row('handler:copy')).toMatch(/Paused.*by operator.*Resume/s);
  expect(await page()).toContain('1<span class="for-readers"> paused');

  await admin.press('/services/resume', form);
  await admin.press('/services/resume', form);
  expect(await pauses()).toEqual([]);
  expect(await row('handler:copy')).toContain('Running');
});

test('the lists show paused work, and how many orders it holds', async () => {
  await admin.press('/services/pause', { part: 'handler', id: 'copy' });
  const data = { agentId: 'agt_1', orderId: 'ord_held', round: '0', attempt: 0, pause: 'handler:copy' };
  const job = await admin.runtime.queues.get('generation').add('generate', data, { delay: 600_000 });
  for (const path of ['/', '/orders'])
    expect((await admin.ask(path)).body).toMatch(
      /Work for handler <a href="[^"]*copy[^"]*"><bdi>copy<\/bdi><\/a> is paused by operator .*It holds 1 order\./s,
    );
  await job.remove();
});

test('a form of a page that shows an earlier state changes nothing, and says what changed', async () => {
  const form = { part: 'handler', id: 'copy' };
  await admin.press('/services/pause', { ...form, since: '' });
  const [first] = await pauses();
  const again = await admin.press('/services/pause', { ...form, since: '' });
  expect([again.status, again.body]).toEqual([409, expect.stringContaining('was paused by operator')]);
  const stale = await admin.press('/services/resume', { ...form, since: '1' });
  expect(stale.status).toBe(409);
  expect(await pauses()).toEqual([first]);
  expect((await admin.press('/services/resume', { ...form, since: String(first?.since) })).status).toBe(303);
  const late = await admin.press('/services/resume', { ...form, since: String(first?.since) });
  expect([late.status, late.body]).toEqual([409, expect.stringContaining('has been resumed')]);
});

test('a configured handler without a paid order is shown, and can be paused', async () => {
  expect(await row('handler:configured')).toContain('Pause handler configured');
});

test('a paused part without an order can be resumed, and its name is escaped', async () => {
  await admin.press('/services/pause', { part: 'handler', id: '<b>new</b>' });
  const body = await page();
  expect(body).toContain('&lt;b&gt;new&lt;/b&gt;');
  expect(body).not.toContain('<b>new</b>');
});

test.each([{}, { part: 'queue', id: 'orders' }, { part: 'handler', id: '' }])(
  'a form that names nothing to pause is refused: %o',
  async (form) => {
    expect((await admin.press('/services/pause', form)).status).toBe(400);
    expect((await admin.press('/services/resume', form)).status).toBe(400);
    expect(await pauses()).toEqual([]);
  },
);
