import { describe, expect, test } from 'vitest';
import type { Recorded } from '../../facts/facts.ts';
import { at, delivered, NOON, policyOf, recordOf } from '../../test-support/records.ts';
import { decide } from '../decide.ts';
import { HOUR } from '../decision.ts';

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

test('a completed order is recorded with its earnings', () => {
  expect(settled().facts).toEqual([
    { type: 'completed', priceUsd: '45.00', feeUsd: '4.50', netUsd: '40.50' },
  ]);
});

describe('an order that is over by its status, without a delivery of ours', () => {
  const shown = (fields: Record<string, unknown>, facts: Recorded[] = []) =>
    decide(recordOf(fields, facts), policy, NOON);

  test.each(['delivered', 'completed'])(
    'and %s goes to attention if no answer says whether it has deliverables',
    (status) => {
      const { attention, steps } = shown({ status }, status === 'completed' ? [completed] : []);
      expect(attention).toMatchObject([{ key: `${status}_unknown`, actions: ['acknowledge'] }]);
      expect(steps).toEqual([]);
      expect(shown({ status, deliverable_url: 'https://theirs.example/1' }, [completed]).attention).toEqual(
        [],
      );
    },
  );

  test('after a revision still needs that revision', () => {
    const fields = { status: 'delivered', revision_count: 1, deliverable_url: null };
    const requested = at(NOON, { type: 'revision_requested', revision: 1, feedback: 'x', isExtra: null });
    expect(shown(fields, [requested])).toMatchObject({
      round: '1',
      steps: [{ name: 'generate', round: '1' }],
    });
    expect(shown(fields, [requested, delivered('1', NOON - 1)]).steps).not.toContainEqual(
      expect.objectContaining({ name: 'generate' }),
    );
  });
});

test('the order is finished once the payout was seen', () => {
  const finished = { stage: 'completed', steps: [], attention: [], lookAgainAt: null, readOrder: false };
  expect(settled({ payout_tx_hash: '5xTx' }, [completed])).toMatchObject(finished);
  expect(settled({}, [completed, payout('sent', null)])).toMatchObject(finished);
});

test('an empty transaction is not a payout', () => {
  expect(settled({ payout_tx_hash: '' }, [completed]).lookAgainAt).not.toBeNull();
});

test('a failed payout is shown with the reason, whichever webhook arrived first', () => {
  const decision = settled({}, [completed, payout('failed', null), payout('failed', 'bad wallet')]);
  expect(decision.attention).toMatchObject([
    { key: 'payout_failed', actions: ['retry_payout', 'acknowledge'] },
  ]);
  expect(decision.attention[0]?.reason).toContain('bad wallet');
  expect(settled({}, [completed, payout('failed', null)]).attention[0]?.reason).toContain(
    'Atelier gave no reason',
  );
});

test('a payout that failed and was then sent needs no human', () => {
  expect(settled({}, [completed, payout('failed', 'x'), payout('sent', null)]).attention).toEqual([]);
});

test('a payout that is not seen within 24 h is shown', () => {
  expect(settled({}, [completed], NOON + 23 * HOUR).attention).toEqual([]);
  const decision = settled({}, [completed], NOON + 24 * HOUR);
  expect(decision.attention).toMatchObject([
    { key: 'payout_unseen', actions: ['retry_payout', 'acknowledge'] },
  ]);
});

test('a completed order says until when its payout is expected, until it is settled', () => {
  expect(settled().payoutDueAt).toBe(NOON + 24 * HOUR);
  expect(settled({}, [completed], NOON + HOUR).payoutDueAt).toBe(NOON + 24 * HOUR);
  for (const facts of [[payout('sent', null)], [payout('failed', 'x')]]) {
    expect(settled({}, [completed, ...facts]).payoutDueAt).toBeNull();
  }
  expect(settled({}, [completed], NOON + 25 * HOUR).payoutDueAt).toBeNull();
  expect(settled({ status: 'delivered' }).payoutDueAt).toBeNull();
});

test('an order without a payout is read again until it is paid or acknowledged', () => {
  const record = recordOf({ status: 'completed', deliverable_url: 'https://files.example/by-hand' }, [
    completed,
  ]);
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

const asked = (index: number, time = NOON) => at(time, { type: 'payout_retry_asked', index, by: 'ada' });
const answered = (
  index: number,
  outcome: 'accepted' | 'already_paid' | 'no_wallet' | 'rejected',
  reason = 'as it says',
) => at(NOON + 5, { type: 'payout_retry_answered', index, outcome, reason });

describe('a payout that failed or was not seen', () => {
  test('can be asked for again', () => {
    const failed = settled({}, [completed, payout('failed', 'no wallet')]).attention;
    expect(failed).toMatchObject([
      { key: 'payout_failed', actions: ['retry_payout', 'acknowledge'], attempt: 0 },
    ]);
    const unseen = settled({}, [completed], NOON + 25 * HOUR).attention;
    expect(unseen).toMatchObject([{ key: 'payout_unseen', actions: ['retry_payout', 'acknowledge'] }]);
  });

  test("is requested once by an operator's action", () => {
    const facts = [completed, payout('failed', null), asked(0)];
    expect(settled({}, facts)).toMatchObject({
      steps: [{ name: 'payout_retry', round: '0', attempt: 0 }],
      attention: [],
    });
    expect(settled({}, [...facts, answered(0, 'accepted')])).toMatchObject({ steps: [], attention: [] });
  });

  test('is expected for a day after Atelier accepted the request, and can be requested under the next number', () => {
    const facts = [completed, payout('failed', 'no wallet'), asked(0), answered(0, 'accepted')];
    expect(settled({}, facts, NOON + HOUR)).toMatchObject({ payoutDueAt: NOON + 5 + 24 * HOUR });
    const [item] = settled({}, facts, NOON + 25 * HOUR).attention;
    expect(item).toMatchObject({ key: 'payout_unseen:1', attempt: 1 });
    const again = settled({}, [...facts, asked(1, NOON + 25 * HOUR)], NOON + 26 * HOUR);
    expect(again.steps).toEqual([{ name: 'payout_retry', round: '0', attempt: 1 }]);
  });

  test('that fails again for the same reason is shown again', () => {
    const heard = at(NOON + 9, { type: 'heard', event: 'order.payout_failed', bodyHash: 'x', sentAt: 9 });
    const facts = [completed, payout('failed', 'no wallet'), asked(0), answered(0, 'accepted'), heard];
    expect(settled({}, facts, NOON + 10).attention).toMatchObject([
      { key: 'payout_failed:1', reason: expect.stringContaining('no wallet') },
    ]);
  });

  test("that fails before the request's answer is recorded is shown at once", () => {
    const heard = at(NOON + 3, { type: 'heard', event: 'order.payout_failed', bodyHash: 'x', sentAt: 9 });
    const facts = [completed, payout('failed', 'no wallet'), asked(0), heard, answered(0, 'accepted')];
    expect(settled({}, facts, NOON + 10).attention).toMatchObject([{ key: 'payout_failed:1' }]);
  });

  test.each([
    ['already_paid', 'payout_already_paid:1', ['acknowledge'], /was sent already\..*"as it says"$/s],
    [
      'no_wallet',
      'payout_no_wallet:1',
      ['retry_payout', 'acknowledge'],
      /no payout wallet for this agent\. Set one on Atelier, then ask for the payout again\.\nAtelier answered: "as it says"$/,
    ],
    [
      'rejected',
      'payout_retry_rejected:1',
      ['retry_payout', 'acknowledge'],
      /does not retry the payout\.\nAtelier answered: "as it says"$/,
    ],
  ] as const)('with the answer %s is explained', (outcome, key, actions, reason) => {
    const facts = [completed, payout('failed', null), asked(0), answered(0, outcome)];
    expect(settled({}, facts).attention).toMatchObject([
      { key, actions: [...actions], reason: expect.stringMatching(reason) },
    ]);
  });

  test('is settled by the hash of its transaction, whatever the answer was', () => {
    const facts = [completed, asked(0), answered(0, 'already_paid')];
    expect(settled({ payout_tx_hash: '5xTx' }, facts)).toMatchObject({ attention: [], lookAgainAt: null });
  });
});

describe('a payout that fails at an instant hire, long before completion', () => {
  test.each(['paid', 'delivered', 'revision_requested', 'cancelled', 'escrowed'])(
    'goes to attention while the order is %s',
    (status) => {
      const record = recordOf({ status }, [delivered('0', NOON - 9), payout('failed', 'no wallet')]);
      const told = decide(record, policy, NOON).attention;
      expect(told.filter(({ key }) => !key.startsWith('unknown_status'))).toMatchObject([
        {
          key: 'payout_failed_early',
          actions: ['acknowledge'],
          reason: expect.stringContaining('no wallet'),
        },
      ]);
    },
  );

  test('goes to attention before the first read of the order', () => {
    const record = { ...recordOf({}, [payout('failed', null)]), snapshot: null, observedAt: 0 };
    expect(decide(record, policy, NOON).attention).toMatchObject([{ key: 'payout_failed_early' }]);
  });

  test('delays nothing, and ends after an acknowledgement or a payout', () => {
    const work = recordOf({ status: 'paid' }, [payout('failed', null)]);
    expect(decide(work, policy, NOON)).toMatchObject({ stage: 'generating', steps: [{ name: 'generate' }] });
    const shown = { status: 'delivered', deliverable_url: 'https://theirs.example/1' };
    const review = (fact: Recorded) =>
      decide(recordOf(shown, [payout('failed', null), fact]), policy, NOON).attention;
    expect(review(payout('sent', null))).toEqual([]);
    const noted = { type: 'operator_acknowledged', attentionKey: 'payout_failed_early', by: 'ada' } as const;
    expect(review(at(NOON, noted))).toEqual([]);
  });
});

test.each([
  ['no deliverable', { deliverable_url: null }, [], 1],
  ['a deliverable by hand', { deliverable_url: 'https://files.example/1' }, [], 0],
  ['nothing of deliverables, although we delivered', {}, [delivered('0', NOON - 9)], 0],
  ['no deliverable, although we delivered', { deliverable_url: null }, [delivered('0', NOON - 9)], 0],
])('a completed order that shows %s needs a human only if nobody delivered', (_, fields, facts, count) => {
  const record = recordOf({ status: 'completed', payout_tx_hash: '5xTx', ...fields }, [completed, ...facts]);
  const told = decide(record, policy, NOON).attention.filter(({ key }) => key === 'completed_undelivered');
  expect(told).toHaveLength(count);
});
