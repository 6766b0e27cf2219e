import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestAdmin } from '../test-support/admin.ts';
import { type ExampleAdmin, startExampleAdmin } from '../test-support/example-admin.ts';

let admin: ExampleAdmin;
beforeAll(async () => {
  admin = await startExampleAdmin();
});
afterAll(() => admin.close());

test('equal failures are one group with one action, and few of their orders are shown', async () => {
  const { body } = await admin.ask('/');
  const group =
    body.slice(body.indexOf('data-group="Handler &quot;copy&quot; failed"')).split('</section>')[0] ?? '';
  expect(group).toContain('12 × ');
  expect(group).toContain('The model provider is overloaded');
  expect(group).toContain('Retry all 12');
  expect(group).toMatch(/first opened <time[^>]*>/);
  expect(group.match(/<tr/g)).toHaveLength(5);
  expect(group).toContain('7 more');
});

test('the rest of a group is a search', async () => {
  const { body } = await admin.ask('/');
  const path = /href="(\/orders\?q=attention[^"]*)">7 more/.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? '';
  expect((await admin.ask(path)).body).toContain('12 orders');
});

test('reviews, questions of buyers, disputes, payouts and late orders have a group each', async () => {
  const { body } = await admin.ask('/');
  const text = body.replaceAll(/<[^>]+>/g, '');
  for (const part of [
    '7 × Draft to review',
    'Unread message',
    '4 × Dispute',
    'Payout failed',
    'late orders in work',
  ])
    expect(text).toContain(part);
  expect(body).toMatch(/<title>\(\d+\) Attention/);
});

test('without anything to do, the page says so, and what would appear here', async () => {
  const empty = await startTestAdmin();
  const { body } = await empty.ask('/');
  expect(body).toContain('No order needs you');
  expect((await empty.ask('/orders')).body).toContain('No order yet');
  await empty.close();
});
