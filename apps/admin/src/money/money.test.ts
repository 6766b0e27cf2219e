import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestAdmin } from '../test-support/admin.ts';
import { type ExampleAdmin, startExampleAdmin } from '../test-support/example-admin.ts';
import { rangeOf } from './money-query.ts';

let admin: ExampleAdmin;
beforeAll(async () => {
  admin = await startExampleAdmin();
});
afterAll(() => admin.close());

/** The figure with a label, in cents. */
const figure = (body: string, label: string) =>
  centsOf(new RegExp(`<dt>${label}</dt><dd>([^ <]*)`).exec(body)?.[1] ?? '');
const centsOf = (text: string) => Math.round(Number(text.replace(/[^\d.-]/g, '')) * 100);
/** The cells of a line of CSV. */
const cellsOf = (line: string) =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );

/** The sum of a column of a CSV file, in cents. Amounts have parts of a cent. */
function totalOf(csv: string, name: string): number {
  const [head = '', ...lines] = csv.trim().split('\r\n');
  const index = head.split(',').indexOf(name);
  return Math.round(sum(lines.map((line) => Math.round(Number(cellsOf(line)[index]) * 1_000_000))) / 10_000);
}
const sum = (values: number[]) => values.reduce((all, value) => all + value, 0);

test('the states of the money add up to the booked amount', async () => {
  const { body } = await admin.ask('/money?span=all');
  const states = [
    'In work',
    'Delivered and in review',
    'Completed, payout awaited',
    'Paid out',
    'Payout failed',
    'In dispute',
    'Refunded or cancelled',
  ];
  expect(sum(states.map((state) => figure(body, state)))).toBe(figure(body, 'Booked'));
  const paid = admin.orders.filter(({ times }) => times.paidAt !== null);
  expect(figure(body, 'Booked')).toBe(sum(paid.map(({ priceUsd }) => centsOf(priceUsd ?? ''))));
});

test('the exports have the totals of the page', async () => {
  const { body } = await admin.ask('/money?span=30d');
  const orders = await admin.ask('/money/orders.csv?span=30d');
  expect(totalOf(orders.body, 'price')).toBe(figure(body, 'Booked'));
  const payouts = await admin.ask('/money/payouts.csv?span=30d');
  const sent = payouts.body
    .split('\r\n')
    .filter((line) => line.includes(',sent,') || line.startsWith('time,'));
  expect(totalOf(sent.join('\r\n'), 'amount')).toBe(figure(body, 'Sent'));
  expect(body).toContain('Agrees with the orders');
});

test('the waste has its reasons, which add up to it', async () => {
  const { body } = await admin.ask('/money?span=all');
  const panel = body.slice(body.indexOf('Waste by reason')).split('</section>')[0] ?? '';
  const parts = [...panel.matchAll(/<dd>([^ ]*)/g)].map(([, text = '']) => centsOf(text));
  expect(parts.length).toBeGreaterThan(1);
  // The page rounds each part to a cent.
  expect(Math.abs(sum(parts) - figure(body, 'Waste'))).toBeLessThanOrEqual(parts.length / 2);
});

test('the states of a group add up to its booked amount', async () => {
  const { body } = await admin.ask('/money?span=all&by=service');
  const rows = body
    .slice(body.indexOf('<tbody>'))
    .split('</tr>')
    .filter((row) => row.includes('<td'));
  for (const row of rows) {
    const cell = (label: string) =>
      centsOf(new RegExp(`data-label="${label}" title="([^"]*)"`).exec(row)?.[1] ?? '');
    const states = [
      'In work',
      'In review',
      'Payout awaited',
      'Paid out',
      'Payout failed',
      'In dispute',
      'Refunded',
    ];
    const booked = /data-label="Booked">([^<]*)/.exec(row)?.[1] ?? '';
    expect(sum(states.map(cell))).toBe(centsOf(booked));
  }
});

test('the chart ends with today', async () => {
  const { body } = await admin.ask('/money?span=year');
  const labels = [...body.matchAll(/<text[^>]*>(\d{4}-\d{2}-\d{2})<\/text>/g)].map(([, day]) => day);
  const month = new Date().toISOString().slice(0, 7);
  expect(labels.at(-1)?.slice(0, 7)).toBe(month);
});

test('an unknown cost is not 0', async () => {
  const { body } = await admin.ask('/money?span=all');
  expect(body).toMatch(
    /Generation cost<\/dt><dd>\$[\d,.]+<\/dd><dd class="note">unknown for [\d.]+ % of the orders/,
  );
  const audit = body.slice(body.indexOf('<bdi>audit</bdi>')).split('</tr>')[0] ?? '';
  expect(audit).toMatch(/data-label="Margin">–</);
});

test('the chart is SVG without scripts or inline styles, and the page names what it shows', async () => {
  const { body } = await admin.ask('/money?span=30d');
  const svg = /<svg[^>]*class="marks"[\s\S]*?<\/svg>/.exec(body)?.[0] ?? '';
  expect(svg).toContain('var(--chart-1)');
  expect(svg).not.toMatch(/<script|style="|<style/);
});

test('margin per handler of this week is what the page shows first', async () => {
  const { body } = await admin.ask('/money');
  expect(body).toMatch(/aria-current="page">This week</);
  expect(body).toMatch(/aria-current="page">By handler</);
});

test('a time without an order still shows its payouts', async () => {
  const empty = await startTestAdmin();
  const { body } = await empty.ask('/money');
  await empty.close();
  expect(body).toContain('No order in this time');
  expect(body).toContain('Payouts of this time');
});

test('a query that cannot be read becomes the default', async () => {
  const { status, body } = await admin.ask('/money?span=last-year&by=nothing');
  expect(status).toBe(200);
  expect(body).toContain('aria-current="page">This week<');
});

test.each([
  ['week', '2026-11-23', '2026-11-30'],
  ['30d', '2026-10-30', '2026-11-29'],
  ['month', '2026-11-01', '2026-12-01'],
  ['last-month', '2026-10-01', '2026-11-01'],
  ['year', '2026-01-01', '2027-01-01'],
] as const)('the span %s is from %s to %s', (span, from, to) => {
  const range = rangeOf({ span, by: 'day', basis: 'paid' }, Date.UTC(2026, 10, 28, 15));
  expect(range).toEqual({ basis: 'paid', from: Date.parse(from), to: Date.parse(to) });
});
