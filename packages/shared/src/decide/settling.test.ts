import { expect, test } from 'vitest';
import type { Recorded } from '../facts.ts';
import { at, delivered, NOON, policyOf, recordOf } from '../test-support/records.ts';
import { decide } from './decide.ts';
import { HOUR } from './decision.ts';

const policy = policyOf();
const completed = at(NOON, { type: 'completed', priceUsd: '45.00', feeUsd: '4.50', netUsd: '40.50' });

function payout(outcome: 'sent' | 'failed', reason: string | null): Recorded {
  return at(NOON, { type: 'payout', outcome, amountUsd: null, chain: null, txHash: null, reason });
}

function settled(fields: Record<string, unknown> = {}, facts: Recorded[] = [], now = NOON) {
  const record = recordOf({ status: 'completed', ...fields }, [delivered('0', NOON - 9), ...facts], {
    observedAt: now,
  });
  return decide(record, policy, now);
}

test('a completed order is noted with what it earned', () => {
  expect(settled().facts).toEqual([
    { type: 'completed', priceUsd: '45.00', feeUsd: '4.50', netUsd: '40.50' },
  ]);
});

test('it is finished once the payout was seen', () => {
  const finished = { stage: 'completed', steps: [], attention: [], lookAgainAt: null, readOrder: false };
  expect(settled({ payout_tx_hash: '5xTx' }, [completed])).toMatchObject(finished);
  expect(settled({}, [completed, payout('sent', null)])).toMatchObject(finished);
});

test('an empty transaction is no payout', () => {
  expect(settled({ payout_tx_hash: '' }, [completed]).lookAgainAt).not.toBeNull();
});

test('a payout that failed is shown with the reason, whichever webhook came first', () => {
  const decision = settled({}, [completed, payout('failed', null), payout('failed', 'bad wallet')]);
  expect(decision.attention).toMatchObject([{ key: 'payout_failed', actions: ['acknowledge'] }]);
  expect(decision.attention[0]?.reason).toContain('bad wallet');
  expect(settled({}, [completed, payout('failed', null)]).attention[0]?.reason).toContain('no reason given');
});

test('a payout that failed and was then sent is none to look at', () => {
  expect(settled({}, [completed, payout('failed', 'x'), payout('sent', null)]).attention).toEqual([]);
});

test('a payout that is not seen within 24 h is shown', () => {
  expect(settled({}, [completed], NOON + 23 * HOUR).attention).toEqual([]);
  const decision = settled({}, [completed], NOON + 24 * HOUR);
  expect(decision.attention).toMatchObject([{ key: 'payout_unseen', actions: ['acknowledge'] }]);
});

test('a completed order says until when its payout is awaited, and stops saying so once it is settled', () => {
  expect(settled().payoutDueAt).toBe(NOON + 24 * HOUR);
  expect(settled({}, [completed], NOON + HOUR).payoutDueAt).toBe(NOON + 24 * HOUR);
  for (const facts of [[payout('sent', null)], [payout('failed', 'x')]]) {
    expect(settled({}, [completed, ...facts]).payoutDueAt).toBeNull();
  }
  expect(settled({}, [completed], NOON + 25 * HOUR).payoutDueAt).toBeNull();
  expect(settled({ status: 'delivered' }).payoutDueAt).toBeNull();
});

test('an order whose payout is missing is read again, until it is paid or a human takes note', () => {
  const record = recordOf({ status: 'completed' }, [completed]);
  const now = NOON + 30 * HOUR;
  expect(decide(record, policy, now)).toMatchObject({ readOrder: true, lookAgainAt: now + 6 * HOUR });
  const noted = at(now, { type: 'operator_acknowledged', attentionKey: 'payout_unseen', by: 'operator' });
  expect(decide({ ...record, facts: [...record.facts, noted] }, policy, now)).toMatchObject({
    stage: 'completed',
    attention: [],
    readOrder: false,
    lookAgainAt: null,
  });
});

test('a cancelled order is finished', () => {
  const record = recordOf({ status: 'cancelled' });
  expect(decide(record, policy, NOON + 99 * HOUR)).toMatchObject({
    stage: 'cancelled',
    steps: [],
    readOrder: false,
    lookAgainAt: null,
  });
});
