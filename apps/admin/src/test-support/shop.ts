import { localDisk } from '@fulfillment/artifacts';
import { addBytes } from '@fulfillment/artifacts/test-support';
import { Pauses } from '@fulfillment/platform';
import { until } from '@fulfillment/platform/test-support';
import { decide, type Fact, type OrderRef } from '@fulfillment/shared';
import { putOrder, type TestAdmin } from './admin.ts';

/** A picture of one pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
);
const LONG_BRIEF = `A set of three posters for a bakery: flour on a dark table, warm light. ${'Each shows another kind of bread. '.repeat(40)}`;
const HOUR = 3600_000;

/** A page of the shop, and a text that identifies the page. */
export interface ShopPage {
  path: string;
  text: string;
  /** Left out: 200. */
  status?: number;
}

/**
 * A shop with an order in every state that has its own appearance on the pages.
 * @param folder the folder of the artifacts.
 * @returns the pages, by their content.
 */
export async function openShop(admin: TestAdmin, folder: string): Promise<Record<string, ShopPage>> {
  const { runtime } = admin;
  const put = async (orderId: string, fields: Record<string, unknown>, facts: Fact[] = []) => {
    const ref = { agentId: 'agt_painter', orderId };
    await putOrder(runtime, ref, {
      fields: { client_name: 'Ada Lovelace', platform_fee_usd: '4.50', ...fields },
      facts,
    });
    await settle(admin, ref);
    return ref;
  };
  const text = 'Could the second one be square, please?';
  await put('ord_1795000000001_failed', { service_title: 'Poster series', brief: LONG_BRIEF }, [
    {
      type: 'try_failed',
      step: 'generate',
      round: '0',
      attempt: 0,
      start: 0,
      kind: 'permanent',
      reason: 'Handler "posters" failed: no ink.',
      stack: `Error: no ink\n${'    at paint (file:///srv/fulfillment.config.ts:12:9)\n'.repeat(12)}`,
    },
    {
      type: 'failed',
      stepKey: 'generate:0',
      attempt: 0,
      reason: `Handler "posters" failed: ${'no ink. '.repeat(120)}`,
    },
  ]);
  await put('ord_1795000000002_draft', { service_title: 'Logo', created_at: daysAgo(3) }, [
    await draft(folder),
  ]);
  await put('ord_1795000000003_unread', { service_title: 'Album cover', status: 'delivered' }, [
    { type: 'buyer_message', content: text, senderName: 'Ada', bodyHash: 'a', sentAt: Date.now() },
  ]);
  await put('ord_1795000000004_done', { service_title: 'Business card', status: 'completed' }, [
    { type: 'completed', priceUsd: '45.00', feeUsd: '4.50', netUsd: '40.50' },
    { type: 'buyer_message', content: 'Thank you!', senderName: null, bodyHash: 'b', sentAt: Date.now() },
  ]);
  const waiting = await put('ord_1795000000005_open', {
    service_title: 'Illustration for a very long story about the sea',
    brief: LONG_BRIEF,
    requirement_answers: { Format: 'A4', Colours: ['blue', 'sand'] },
    brief_spec: { goal: 'An illustration', audience: { age: 'children', mood: ['calm', 'salty'] } },
    quota_total: 5,
    quota_used: 0,
    reference_urls: ['https://example.com/a-reference', 'not a web address'],
  });
  await put('ord_1795000000006_gone', { service_title: 'Sketch', status: 'cancelled' });
  await put('ord_1795000000007_quote', { service_title: null, status: 'quoted', quoted_price_usd: '120.00' });
  await runtime.queues.ensure(waiting, { name: 'generate', round: '0', attempt: 0 }, Date.now());
  await runtime.queues.get('generation').add('generate', {}, { jobId: 'broken', attempts: 1 });
  await noteTroubles(admin);
  await admin.project();
  const order = (id: string, text: string) => ({ path: `/orders/agt_painter/ord_179500000000${id}`, text });
  return {
    attention: { path: '/', text: 'Poster series' },
    list: { path: '/orders', text: 'Illustration for a very long story' },
    money: { path: '/money?span=all', text: 'Money' },
    services: { path: '/services', text: 'Services' },
    audit: { path: '/audit', text: 'Audit' },
    alerts: { path: '/alerts', text: 'No alert is open' },
    runbook: { path: '/alerts/runbook', text: 'What to do' },
    'nothing found': { path: '/orders?q=submarine', text: 'No order matches' },
    'broken search': { path: '/orders?q=prce:1', text: 'Did you mean', status: 400 },
    agents: { path: '/agents', text: 'Rejected' },
    system: { path: '/system', text: 'Queues' },
    failed: order('1_failed', 'Stack of the error'),
    draft: order('2_draft', 'Approve and deliver'),
    unread: order('3_unread', text),
    completed: order('4_done', 'The payout is awaited'),
    'held up': order('5_open', 'This order waits: queue generation'),
    cancelled: order('6_gone', 'The order is finished'),
    'bulk actions': { path: '/bulk', text: 'Read again: 2 orders' },
    'bulk action': { path: await carriedOut(admin), text: 'Finished' },
    'not found': { path: '/nothing', text: 'There is no such page', status: 404 },
  };
}

/**
 * Records a paused queue, rate-limited calls, an agent without a wallet, and an agent whose key is
 * rejected.
 */
async function noteTroubles({ runtime }: TestAdmin): Promise<void> {
  const { registry, queues, budget, readLag, redis, keys } = runtime;
  await new Pauses(redis, keys, queues).pause('generation', 'operator');
  await budget.admit('deliver', { waiting: 1, generating: 0 });
  await budget.refused('deliver', Date.now() + HOUR, true);
  await readLag.note(90_000);
  const text = 'has no payout wallet on solana, where its payouts go: what it earns cannot be paid out';
  const warning = {
    code: 'no_payout_wallet',
    text,
    advice: 'Set a payout wallet for the agent on Atelier',
  } as const;
  await redis.hset(
    keys.polling('agt_painter'),
    'polledAt',
    Date.now() - 60_000,
    'heardAt',
    Date.now() - HOUR,
  );
  await registry.noteServed('Painter', 'agt_painter', [warning]);
  await registry.noteRejected('Writer', 'agt_writer');
}

/** Carries out a bulk action on two orders. @returns the path of its page. */
async function carriedOut(admin: TestAdmin): Promise<string> {
  const preview = await admin.ask('/bulk/preview', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: admin.address },
    body: new URLSearchParams([
      ['order', 'agt_painter/ord_1795000000003_unread'],
      ['order', 'agt_painter/ord_1795000000006_gone'],
      ['action', 'read'],
    ]).toString(),
  });
  const start = /action="(\/bulk\/[^"]+)\/start"/.exec(preview.body)?.[1] ?? '';
  await admin.press(`${start}/start`, {});
  await until('the end of the bulk action', async () => (await admin.ask(start)).body.includes('>Finished<'));
  return start;
}

async function settle({ runtime }: TestAdmin, ref: OrderRef): Promise<void> {
  const { store, policy } = runtime;
  const record = await store.load(ref);
  if (record !== null) await store.settle(record, decide(record, policy, record.loadedAt));
}

async function draft(folder: string): Promise<Fact> {
  const store = localDisk({ folder });
  const files = [
    { body: PIXEL, contentType: 'image/png', fileName: 'logo.png', mediaType: 'image' as const },
    {
      body: Buffer.from(LONG_BRIEF),
      contentType: 'text/plain',
      fileName: 'notes.txt',
      mediaType: 'text' as const,
    },
  ];
  const products = await Promise.all(
    files.map(async ({ mediaType, ...file }) => ({
      mediaType,
      artifact: await addBytes(store, { orderId: 'ord_1795000000002_draft', round: '0', ...file }),
    })),
  );
  return { type: 'generated', round: '0', handler: 'logos', products, draft: 0, review: true };
}

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 24 * HOUR).toISOString();
}
