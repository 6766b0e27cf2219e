import { factsOf, type Step } from '@fulfillment/shared';
import { afterAll, describe, expect, test } from 'vitest';
import { openDelivery, SILENT } from './test-support/delivery.ts';

const app = await openDelivery({ policy: SILENT });
const { place, poke, record, untilFact, attention } = app;
afterAll(() => app[Symbol.asyncDispose]());

const RETRY: Step = { name: 'payout_retry', round: '0', attempt: 0 };
const ASKED = { type: 'payout_retry_asked', index: 0, by: 'ada' } as const;

/**
 * A completed order whose payout failed. An operator retries the payout, and the marketplace gives
 * this answer.
 */
async function asked(
  answer: { status?: number; text?: string; data?: unknown; drop?: true },
  txHash: string | null = null,
) {
  const trade = await place({ status: 'completed', deliverable_url: 'https://files.example/by-hand' });
  const path = `POST /api/orders/${trade.orderId}/request-payout-retry`;
  let calls = 0;
  app.market.answers[path] = () => {
    calls += 1;
    trade.row.payout_tx_hash = txHash;
    return answer;
  };
  await poke(trade.ref, [
    { type: 'payout', outcome: 'failed', amountUsd: null, chain: null, txHash: null, reason: 'no wallet' },
  ]);
  await poke(trade.ref, [ASKED]);
  return { trade, calls: () => calls, path };
}

describe("an operator's request for a payout reaches Atelier", () => {
  test('once, out of the API budget', async () => {
    const used = (await app.runtime.budget.state()).used;
    const { trade, calls } = await asked({ data: { status: 'queued' } });
    expect(await untilFact(trade, 'payout_retry_answered')).toMatchObject({ index: 0, outcome: 'accepted' });
    await app.done(trade.ref, RETRY);
    await poke(trade.ref);
    expect(calls()).toBe(1);
    expect((await app.runtime.budget.state()).used).toBe(used + 1);
  });

  test('a second time, and gets the answer of the second request', async () => {
    const { trade, calls } = await asked({ status: 422, text: 'no wallet is set' });
    await untilFact(trade, 'payout_retry_answered');
    await app.done(trade.ref, RETRY);
    await poke(trade.ref, [{ ...ASKED, index: 1 }]);
    await app.done(trade.ref, { ...RETRY, attempt: 1 });
    expect(factsOf(await record(trade.ref), 'payout_retry_answered')).toMatchObject([
      { index: 0 },
      { index: 1 },
    ]);
    expect(calls()).toBe(2);
  });

  test('and learns that the payout was sent already (409)', async () => {
    const { trade } = await asked({ status: 409, text: 'Payout already sent' });
    expect(await attention(trade.ref)).toMatch(/was sent already\..*"Payout already sent \(HTTP 409\)"$/s);
  });

  test('and is settled if the order names the transaction by then', async () => {
    const { trade } = await asked({ status: 409, text: 'Payout already sent' }, '5xTx');
    await untilFact(trade, 'payout_retry_answered');
    await app.done(trade.ref, RETRY);
    expect((await record(trade.ref)).snapshot?.payoutTxHash).toBe('5xTx');
  });

  test('and learns that there is no payout wallet (422)', async () => {
    const { trade } = await asked({ status: 422, text: 'no wallet is set' });
    expect(await attention(trade.ref)).toMatch(
      /no payout wallet for this agent\. .*"no wallet is set \(HTTP 422\)"$/s,
    );
  });

  test('again if the first answer was lost', async () => {
    const { trade, calls, path } = await asked({ drop: true });
    await app.untilState(await app.job(trade.ref, RETRY), 'delayed');
    app.market.answers[path] = { data: {} };
    await app.tryAgainNow(trade.ref, RETRY);
    expect(await untilFact(trade, 'payout_retry_answered')).toMatchObject({ outcome: 'accepted' });
    expect(calls()).toBe(1);
    expect(factsOf(await record(trade.ref), 'failed')).toEqual([]);
  });
});
