import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestAdmin } from '../test-support/admin.ts';
import { type ExampleAdmin, startExampleAdmin } from '../test-support/example-admin.ts';

let admin: ExampleAdmin;
beforeAll(async () => {
  admin = await startExampleAdmin();
});
afterAll(() => admin.close());

const list = async (query: Record<string, string>) =>
  (await admin.ask(`/orders?${new URLSearchParams(query)}`)).body;
/** The order ids of the rows, from the top. */
const rowsOf = (body: string) => [...body.matchAll(/id="row-[^/]+\/([^"]+)"/g)].map(([, id]) => id);
const idsOf = (wanted: (order: ExampleAdmin['orders'][number]) => boolean) =>
  admin.orders.filter(wanted).map(({ id }) => id);

describe('a search finds orders', () => {
  test('by a fragment of the id', async () => {
    const id = admin.orders[100]?.id ?? '';
    expect(rowsOf(await list({ q: id.slice(5, 22) }))).toEqual([id]);
  });

  test('by the buyer, also in another script', async () => {
    const found = rowsOf(await list({ q: 'مريم' }));
    expect(found.toSorted()).toEqual(idsOf(({ buyer }) => buyer.startsWith('مريم')).toSorted());
    expect(found.length).toBeGreaterThan(0);
  });

  test('by words of the brief and a qualifier', async () => {
    const found = rowsOf(await list({ q: 'lighthouses -is:open' }));
    expect(found.length).toBeGreaterThan(0);
    const asked = idsOf(({ brief }) => brief.includes('lighthouses'));
    expect(found.every((id) => asked.includes(id ?? ''))).toBe(true);
  });
});

test('the list is sorted by a column, and every state of it is in its URL', async () => {
  const body = await list({ q: 'is:open', sort: 'price' });
  const prices = [...body.matchAll(/data-label="Price">\$([\d,.]+)/g)].map(([, price]) =>
    Number(price?.replace(',', '')),
  );
  expect(prices).toEqual(prices.toSorted((one, other) => other - one));
  expect(body).toContain('href="/orders?q=is%3Aopen&amp;sort=price&amp;dir=asc"');
  expect(body).toContain('href="/orders?q=is%3Aopen&amp;sort=price&amp;page=2" rel="next"');
});

test('the head of the list has the sums of all orders that match, and names unknown costs', async () => {
  const body = await list({ q: 'is:paid-out' });
  const summary = /<h1>Orders<\/h1><span[^>]*>([\s\S]*?)<\/span>/.exec(body)?.[1] ?? '';
  const paidOut = admin.orders.filter(({ times }) => times.paidOutAt !== null);
  const price = paidOut.reduce((sum, order) => sum + Number(order.priceUsd), 0);
  const amount = price.toLocaleString('en-US', { minimumFractionDigits: 2 });
  expect(summary).toContain(`${paidOut.length} orders · $${amount} · cost $`);
  expect(summary).toMatch(/cost \$[\d,.]+ or more \(unknown for \d+\)\s*· margin \$[\d,.]+ \(of \d+\)/);
  const unknown = await list({ q: 'is:cost-unknown handler:audit' });
  expect(unknown).toMatch(/cost unknown\s*· margin unknown/);
  expect(await list({ q: 'nothing-has-this-text' })).not.toContain(' · cost');
});

test('an export has exactly the orders of the filter, in the order of the list', async () => {
  const query = 'q=attention:overloaded%20is:waiting&sort=due';
  const { headers, body } = await admin.ask(`/orders/export.csv?${query}`);
  expect(headers['content-disposition']).toMatch(/^attachment; filename="orders-\d{4}-\d\d-\d\d\.csv"$/);
  const ids = body
    .trim()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(',')[0]);
  expect(ids).toHaveLength(12);
  expect(ids).toEqual(rowsOf((await admin.ask(`/orders?${query}`)).body));
  const lines = (await admin.ask(`/orders/export.jsonl?${query}`)).body.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).order_id)).toEqual(ids);
});

test('the search box suggests qualifiers and their values', async () => {
  const suggestions = async (q: string) =>
    JSON.parse((await admin.ask(`/orders/suggest?${new URLSearchParams({ q })}`)).body);
  expect(await suggestions('lighthouse ha')).toEqual(['lighthouse handler:']);
  expect(await suggestions('handler:lo')).toEqual(['handler:logo']);
  expect(await suggestions('-is:pa')).toEqual(['-is:paid-out', '-is:payout-failed']);
  expect(await suggestions('nothing:')).toEqual([]);
});

test('a view is saved under a name, shown on the list, and removed', async () => {
  const view = { q: 'handler:logo', sort: 'price', name: 'Expensive logos' };
  const { headers } = await admin.press('/orders/views', view);
  expect(headers.location).toBe('/orders?q=handler%3Alogo&sort=price');
  expect((await admin.ask('/orders')).body).toContain('Expensive logos');
  expect((await admin.ask(String(headers.location))).body).toContain('Remove this view');
  await admin.press('/orders/views/remove', { name: view.name });
  expect((await admin.ask('/orders')).body).not.toContain('Expensive logos');
  expect((await admin.press('/orders/views', { ...view, name: ' ' })).status).toBe(400);
});

describe('bad input gets a clear answer', () => {
  test('a search that cannot be read is kept in the search box', async () => {
    const { status, body } = await admin.ask('/orders?q=prce:%3E50%20is:open');
    expect(status).toBe(400);
    expect(body).toContain('&quot;prce&quot; is not a qualifier. Did you mean &quot;price&quot;?');
    expect(body).toContain('name="q" type="search" value="prce:&gt;50 is:open"');
    expect((await admin.ask('/orders/export.csv?q=prce:1')).status).toBe(400);
  });

  test('a page beyond the last one leads to the last one', async () => {
    const body = await list({ q: 'is:open', page: '99' });
    expect(body).toContain('This page is beyond the last one');
    expect(body).toMatch(/href="\/orders\?q=is%3Aopen&amp;page=\d">Go to page/);
  });

  test('other nonsense becomes the default', async () => {
    expect((await admin.ask('/orders?page=-1&sort=nothing&dir=up')).status).toBe(200);
  });

  test('a ledger that cannot be opened says so, and the order pages still work', async () => {
    const file = `/tmp/not-a-ledger-${process.pid}`;
    await writeFile(file, 'This is not a database. '.repeat(100));
    const broken = await startTestAdmin({ LEDGER_URL: `file:${file}` });
    const { status, body } = await broken.ask('/orders?q=is:late');
    expect(status).toBe(503);
    expect(body).toContain('The ledger is out of reach');
    expect(body).toContain('value="is:late"');
    expect((await broken.ask('/system')).status).toBe(200);
    await broken.close();
  });
});
