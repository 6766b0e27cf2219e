import { adminSettings, readSettings } from '@fulfillment/platform';
import type { Fact } from '@fulfillment/shared';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { putOrder, startTestAdmin, type TestAdmin } from '../test-support/admin.ts';

const PATH = '/orders/agent_1/';
let admin: TestAdmin;
beforeAll(async () => {
  admin = await startTestAdmin({ ATELIER_ORDER_URL: 'https://atelier.example/orders/{orderId}' });
});
afterAll(() => admin.close());

/** The page of a new order. */
async function pageOf(orderId: string, fields: Record<string, unknown>, facts: Fact[] = []): Promise<string> {
  await putOrder(admin.runtime, { agentId: 'agent_1', orderId }, { fields, facts });
  return (await admin.ask(PATH + orderId)).body;
}

/** The text that a reader sees: without tags, attributes, and the stored facts. */
function readable(body: string): string {
  const main = body.slice(body.indexOf('<main')).replace(/<details id="raw-facts">.*?<\/details>/s, '');
  return main
    .slice(main.indexOf('class="page-head"'))
    .replaceAll(/<code[^>]*>.*?<\/code>/gs, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"');
}

const beginning = { step: 'generate', round: '0', attempt: 0, start: 0 } as const;
const delivered = {
  found: false,
  deliverables: [{ url: 'https://example.com/a', mediaType: 'link' }],
} as const;

test('the page names steps, rounds, messages and attentions, and shows none of their keys', async () => {
  const body = await pageOf('ord_names', { status: 'disputed', revision_count: 1 }, [
    { type: 'seen', status: 'revision_requested', revisionCount: 1, via: 'read' },
    { type: 'heard', event: 'order.revision_requested', bodyHash: 'a' },
    { ...beginning, type: 'began', handler: 'draw' },
    { type: 'delivered', round: '0', ...delivered, deliverables: [...delivered.deliverables] },
    { type: 'delivery_overwritten', round: '0', index: 0 },
    { type: 'message_intended', kind: 'dispute_received', round: '1d', content: 'We read it.' },
    { type: 'message_sent', kind: 'revised', round: '1', found: false },
    { type: 'failed', stepKey: 'deliver:1', attempt: 0, reason: 'no' },
    { type: 'operator_retried', stepKey: 'deliver:1', attempt: 0, by: 'ann' },
    { type: 'operator_acknowledged', attentionKey: 'failed:deliver:1:0', by: 'ann' },
    { type: 'operator_released', round: '1', attentionKey: 'no_feedback:1', by: 'ann' },
  ]);
  const text = readable(body);
  expect(text).not.toMatch(/\b[a-z]+:\d|\b[Rr]ound \d|\b[a-z]+_[a-z]+\b|unpaid/);
  for (const part of [
    'The first version was overwritten: the marketplace shows the order as paid again, although our deliverables are in it',
    'Sent the revision message for revision 1',
    'Step "Deliver revision 1" failed for good',
    'Ann acknowledges the failed step "Deliver revision 1"',
  ]) {
    expect(text).toContain(part);
  }
  expect(body).toContain('data-attention="disputed:1d"');
  expect(body).toMatch(/<details id="raw-facts">.*operator_retried/s);
});

test('the page shows the structured brief folded, and the used part of the quota', async () => {
  const body = await pageOf('ord_spec', { brief_spec: { goal: 'A cat <b>' }, quota_total: 5, quota_used: 0 });
  expect(body).toMatch(/<details id="brief-spec">.*A cat &lt;b&gt;/s);
  expect(readable(body)).toMatch(/Quota\s+0 of 5 used/);
  expect(await pageOf('ord_plain', {})).not.toMatch(/brief-spec|Quota/);
});

test('the money of the order has its costs by part, and an unknown cost is not 0', async () => {
  const used = { inputTokens: null, cachedInputTokens: null, outputTokens: null, images: 1 } as const;
  const report = { ...beginning, ...used, type: 'used', what: 'painter-2' } as const;
  const known = readable(
    await pageOf('ord_cost', { quoted_price_usd: '45.00', platform_fee_usd: '4.50' }, [
      { ...report, index: 0, costUsd: 0.16 },
      { ...report, index: 1, costUsd: 0.04 },
    ]),
  );
  expect(known).toMatch(/Net\s+\$40.50\s+Cost\s+\$0.20\s+Margin\s+\$40.30/);
  expect(known).toMatch(/\$0.20\s+Generate, 2 calls:\s+painter-2/);
  const unknown = readable(
    await pageOf('ord_cost_unknown', {}, [
      { ...report, index: 0, costUsd: 0.16 },
      { ...report, index: 1, what: 'painter-3', costUsd: null },
    ]),
  );
  expect(unknown).toMatch(/Cost\s+\$0.16 or more/);
  expect(unknown).toMatch(/unknown\s+Generate:\s+painter-3/);
});

test('a long error shows its beginning, and the rest is folded', async () => {
  const reason = `Handler "draw" failed: ${'no ink. '.repeat(120)}`;
  const body = await pageOf('ord_long', {}, [{ type: 'failed', stepKey: 'generate:0', attempt: 0, reason }]);
  const timeline = body.slice(body.indexOf('class="timeline"'));
  const [sentence = ''] = /<p><bdi>Step.*?<\/p>/s.exec(timeline) ?? [];
  expect(sentence.length).toBeGreaterThan(50);
  expect(sentence.length).toBeLessThan(300);
  expect(timeline).toMatch(/<details id="fact-\d">.*characters, show all/s);
});

test('the page links to the order on Atelier', async () => {
  const body = await pageOf('ord_linked', {});
  expect(body).toMatch(/<a href="https:\/\/atelier\.example\/orders\/ord_linked"[^>]*>Open on Atelier<\/a>/);
});

test.each(['https://atelier.example/orders', 'ftp://atelier.example/{orderId}', '{orderId}'])(
  'the console does not start with "%s" as the address of an order',
  (address) => {
    expect(() => readSettings(adminSettings, { ATELIER_ORDER_URL: address })).toThrow(
      'must be an http(s) address that contains {orderId}',
    );
  },
);
