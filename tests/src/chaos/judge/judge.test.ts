import { describe, expect, test } from 'vitest';
import { fileBody } from '../made.ts';
import { alertMessage } from '../test-support/alert-message.ts';
import { call, goodEvidence, orderOf } from '../test-support/evidence.ts';
import type { Evidence } from './evidence.ts';
import { isMadeGood, judge } from './judge.ts';
import { KINDS, struck } from './struck.ts';

/** The promises that the changed evidence breaks. */
function brokenBy(change: (evidence: Evidence) => void): string[] {
  const evidence = goodEvidence();
  change(evidence);
  return judge(evidence).flatMap(({ promise, broken }) => (broken.length > 0 ? [promise] : []));
}

const ONCE = 'never delivered twice in a round, and never when nothing is owed';
const CONTENT = 'each delivery has the output of its order, round and feedback, and opens';
const RECORDED = 'each delivery is recorded as it took effect';
const CANCELLED = 'never priced or delivered after a cancellation';
const ATTENTION = 'disputed and unanswered orders wait for a human, with a reason, and no others do';
const RECORDS = 'our records agree with the marketplace';
const FORGED = 'a forged webhook is refused, and leaves no trace';
const LEDGER = 'the ledger equals the records';
const WORK = 'no work is left behind, and none failed for good';
const SECRETS = 'no key or secret is written anywhere';
const PROCESSES = 'every process works at the end, and no process ended without a signal';
const STRUCK = 'every kind of disturbance struck';

test('a ledger that misses a change', () => {
  expect(brokenBy((e) => e.ledgerDifferences.push('ord_1: stage differs'))).toEqual([LEDGER]);
});

describe('an alert', () => {
  const OPEN = 'an alert is open for each attention, and for nothing else';
  const TWICE = 'no alert begins or ends twice';

  test('that is missing, or is still open', () => {
    expect(brokenBy((e) => e.alerts.messages.pop())).toEqual([OPEN]);
    expect(brokenBy((e) => e.alerts.expected.pop())).toEqual([OPEN]);
  });

  test('that begins twice. The same message may arrive twice', () => {
    expect(brokenBy((e) => e.alerts.messages.push(alertMessage('opened', 'again')))).toEqual([TWICE]);
    expect(brokenBy((e) => e.alerts.messages.push(alertMessage('opened')))).toEqual([]);
  });
});

describe("an operator's message", () => {
  const WRITTEN = 'each message of an operator reaches its buyer once';
  const written = (e: Evidence, at: number, ...sent: string[]) => {
    const order = orderOf(e, 0);
    order.written = { content: 'Is it right?', at };
    order.market.messages.push(...sent.map((content) => ({ sender_type: 'agent', content })));
  };

  test('that is missing, or sent twice', () => {
    expect(brokenBy((e) => written(e, 5))).toEqual([WRITTEN]);
    expect(brokenBy((e) => written(e, 5, 'Is it right?', 'Is it right?'))).toContain(WRITTEN);
  });

  test('that was sent once, or lost with all data of Redis', () => {
    expect(brokenBy((e) => written(e, 5, 'Is it right?'))).toEqual([]);
    expect(brokenBy((e) => written(e, -2))).toEqual([]);
  });
});

test('no promise is broken by correct evidence', () => {
  expect(brokenBy(() => undefined)).toEqual([]);
});

describe('deliveries', () => {
  test('an order without its delivery at the end', () => {
    expect(brokenBy((e) => setStatus(e, 0, 'revision_requested'))).toContain(
      'every order that was paid for is delivered in every round it owes',
    );
  });

  test('two deliveries in a round', () => {
    const twice = brokenBy((e) => {
      const { market } = orderOf(e, 1);
      market.states.splice(2, 0, { status: 'delivered', at: 1500, by: 'agent' });
      market.deliverables.push(...market.deliverables.slice(0, 1));
      e.calls.push(...e.calls.filter(({ order_id }) => order_id === 'ord_2'));
    });
    expect(twice).toEqual(expect.arrayContaining([ONCE, CONTENT, RECORDED]));
  });

  test('an overwritten delivery that was repeated twice, or with other files', () => {
    const deliverAgain = (e: Evidence, url: string) => {
      const order = e.orders[3];
      const again = e.calls.find(({ order_id }) => order_id === 'ord_4');
      if (!order || !again) throw new Error('there is no such order');
      order.market.states.push({ status: 'delivered', at: 9000, by: 'agent' });
      order.market.deliverables.push({
        deliverable_url: url,
        deliverable_media_type: 'text',
        status: 'completed',
      });
      e.calls.push({ ...again, body: JSON.stringify({ deliverable_url: url }) });
    };
    const again = brokenBy((e) => deliverAgain(e, 'http://files.example/ord_4/0/1'));
    expect(again).toEqual([ONCE, CONTENT, RECORDED]);
    expect(brokenBy((e) => deliverAgain(e, 'http://files.example/ord_4/0/2'))).toContain(RECORDED);
  });

  test('a delivery for a dispute that nobody released', () => {
    const redelivered = brokenBy((e) =>
      orderOf(e, 1).market.states.push({ status: 'delivered', at: 4000, by: 'agent' }),
    );
    expect(redelivered).toContain(ONCE);
  });

  test.each([
    ['a file that is gone', { status: 404, body: '' }],
    ['a file of another round', made({ round: 0 })],
    ['a file of another order', made({ order: 'ord_2' })],
    ['a file made without the feedback', made({ feedback: null })],
    ['a file made for other feedback', made({ feedback: 'Greener, please.' })],
    ['the other file twice', made({ file: 2 })],
    ['a page instead of the file', { status: 200, body: '<html>' }],
  ])('%s', (_what, answer) => {
    const url = 'http://files.example/ord_1/1/1';
    expect(brokenBy((e) => Object.assign(orderOf(e, 0).opened, { [url]: answer }))).toEqual([CONTENT]);
  });

  test('a repeated question with a repeated answer is fine', () => {
    const url = 'http://files.example/ord_1/1/1';
    const answer = made({ feedback: 'Bluer, please.\n\nBluer, please.' });
    expect(brokenBy((e) => Object.assign(orderOf(e, 0).opened, { [url]: answer }))).toEqual([]);
  });

  test('one file of two', () => {
    expect(brokenBy((e) => Object.assign(orderOf(e, 1).plan, { files: 2 }))).toEqual([CONTENT]);
  });

  test('the URL of one round in another', () => {
    const again = brokenBy((e) => {
      const { market, record } = orderOf(e, 0);
      const [first] = market.deliverables;
      if (first !== undefined) market.deliverables[2] = first;
      const urls = record?.delivered[1]?.urls;
      if (first !== undefined && urls) urls[0] = first.deliverable_url;
      for (const one of e.calls) one.body = one.body?.replace('ord_1/1/1', 'ord_1/0/1') ?? null;
    });
    expect(again).toEqual([CONTENT]);
  });

  test('rows without a call', () => {
    expect(brokenBy((e) => orderOf(e, 0).market.deliverables.pop())).toContain(CONTENT);
  });

  test('a delivery without a record, and a record without a delivery', () => {
    expect(brokenBy((e) => orderOf(e, 0).record?.delivered.pop())).toEqual([RECORDED]);
    const urls = ['http://files.example/ord_3/0/1'];
    expect(brokenBy((e) => orderOf(e, 2).record?.delivered.push({ round: '0', urls }))).toEqual([RECORDED]);
  });
});

describe('after a cancellation', () => {
  const at = (ms: number) => ({ order_id: 'ord_3', at: 2000 + ms });
  const read = (ms: number) => call({ ...at(ms), endpoint: 'orders.get' });
  const refused = (ms: number) => call({ ...at(ms), status: 400 });

  test('a call that was in flight is fine', () => {
    expect(brokenBy((e) => e.calls.push(read(-10), refused(20)))).toEqual([]);
  });

  test.each([
    ['a call without a look', [refused(20)]],
    ['a call after a look that showed it', [read(10), refused(20)]],
    ['a call long after the look', [read(-10), refused(9000)]],
    ['a second call', [read(-10), refused(20), refused(40)]],
    ['a price', [read(10), call({ ...at(20), endpoint: 'orders.quote', status: 400 })]],
  ])('%s', (_what, calls) => {
    expect(brokenBy((e) => e.calls.push(...calls))).toEqual([CANCELLED]);
  });
});

describe('attention', () => {
  const attention = (e: Evidence, place: 0 | 1, items: { key: string; reason: string }[]) =>
    Object.assign(orderOf(e, place).record ?? {}, { attention: items });

  test('a dispute without attention', () => {
    expect(brokenBy((e) => attention(e, 1, []))).toEqual([ATTENTION]);
  });
  test('a dispute without a reason', () => {
    expect(brokenBy((e) => attention(e, 1, [{ key: 'disputed:0d', reason: '' }]))).toEqual([ATTENTION]);
  });
  test('an order that is not disputed', () => {
    const failed = { key: 'failed:deliver:0', reason: 'The delivery failed twelve times.' };
    expect(brokenBy((e) => attention(e, 0, [failed]))).toEqual([ATTENTION]);
  });
  const wrote = { sender_type: 'client', content: 'When is it ready?' };
  const unread = {
    key: 'unread_message:5',
    reason: 'The buyer wrote: “When is it ready?”. Answer on Atelier.',
  };
  const disputed = { key: 'disputed:0d', reason: 'The buyer disputes the order.' };
  const write = (e: Evidence) => {
    orderOf(e, 1).market.messages = [wrote];
    e.webhooks.push({
      ...e.webhooks[0],
      event: 'order.message',
      order_id: 'ord_2',
    } as Evidence['webhooks'][0]);
  };

  test('a buyer who waits for an answer to a known question', () => {
    expect(brokenBy(write)).toEqual([ATTENTION]);
    const told = brokenBy((e) => {
      write(e);
      attention(e, 1, [disputed, unread]);
    });
    expect(told).toEqual([]);
  });
  test('a buyer whose question crossed an automatic message of ours', () => {
    const crossed = brokenBy((e) => {
      write(e);
      orderOf(e, 1).market.messages.push({ sender_type: 'agent', content: 'Your order is delivered.' });
    });
    expect(crossed).toEqual([ATTENTION]);
  });
  test('a message of a finished order', () => {
    expect(brokenBy((e) => attention(e, 0, [unread]))).toEqual([ATTENTION]);
  });
  test('the same message twice', () => {
    expect(brokenBy((e) => orderOf(e, 0).market.messages.push(...orderOf(e, 1).market.messages))).toEqual([
      'no message is sent twice',
    ]);
  });
});

describe('records', () => {
  test.each([
    ['another status', (e: Evidence) => Object.assign(orderOf(e, 0).record ?? {}, { status: 'delivered' })],
    ['another stage', (e: Evidence) => Object.assign(orderOf(e, 0).record ?? {}, { stage: 'generating' })],
    ['an order that no buyer placed', (e: Evidence) => e.strangers.push('ord_forged')],
  ])('%s', (_what, change) => {
    expect(brokenBy(change)).toEqual([RECORDS]);
  });

  test('a cancelled quote, unless no webhook reported the cancellation', () => {
    const withdraw = (e: Evidence) => {
      orderOf(e, 2).market.states = [
        { status: 'quoted', at: 0, by: 'us' },
        { status: 'cancelled', at: 1000, by: 'buyer' },
      ];
      Object.assign(orderOf(e, 2).record ?? {}, { status: 'quoted', stage: 'awaiting_payment' });
    };
    expect(brokenBy(withdraw)).toEqual([]);
    const told = brokenBy((e) => {
      withdraw(e);
      for (const webhook of e.webhooks)
        Object.assign(webhook, { order_id: 'ord_3', event: 'order.cancelled' });
    });
    expect(told).toContain(RECORDS);
    const paid = brokenBy((e) => {
      withdraw(e);
      orderOf(e, 2).market.states.splice(1, 0, { status: 'paid', at: 500, by: 'buyer' });
    });
    expect(paid).toContain(RECORDS);
  });

  describe('when Redis lost all data', () => {
    const forget = (e: Evidence, place: 0 | 1, at: number) => {
      e.emptiedAt = [at];
      Object.assign(orderOf(e, place), { record: null });
      for (const webhook of e.webhooks) Object.assign(webhook, { at: Math.min(webhook.at, 100) });
    };

    test('a finished order from before needs no record', () => {
      expect(brokenBy((e) => forget(e, 0, 4500))).toEqual([]);
    });
    test('an order that polls find or a later webhook reports needs a record', () => {
      expect(brokenBy((e) => forget(e, 1, 4500))).toContain(RECORDS);
      const told = brokenBy((e) => {
        forget(e, 0, 4500);
        for (const webhook of e.webhooks) webhook.at = 5000;
      });
      expect(told).toContain(RECORDS);
    });
    test('a delivery from before needs no record, but a later one does', () => {
      const lose = (e: Evidence, at: number) => {
        e.emptiedAt = [at];
        Object.assign(orderOf(e, 0).record ?? {}, { delivered: [] });
      };
      expect(brokenBy((e) => lose(e, 10))).toEqual([]);
      expect(brokenBy((e) => lose(e, -10))).toEqual([RECORDED]);
    });
  });

  test('a missing record, except of an order that was cancelled before its first event', () => {
    const forget = (e: Evidence) => Object.assign(orderOf(e, 2), { record: null });
    expect(brokenBy(forget)).toEqual([]);
    const told = brokenBy((e) => {
      forget(e);
      for (const webhook of e.webhooks) webhook.order_id = 'ord_3';
    });
    expect(told).toContain(RECORDS);
  });
});

describe('forgeries and leaks', () => {
  test('a forged webhook that is accepted', () => {
    expect(
      brokenBy((e) => e.strikes.forgeries.push({ way: 'stale timestamp', fingerprint: 'abc', status: 202 })),
    ).toEqual([FORGED]);
  });
  test('a forged text in a record', () => {
    expect(brokenBy((e) => e.places.push({ name: 'Redis', status: 200, found: ['forged text'] }))).toEqual([
      FORGED,
    ]);
  });
  test('a key on a page, a page that could not be read', () => {
    const found = ['the key of studio'];
    expect(brokenBy((e) => e.places.push({ name: '/orders/1', status: 200, found }))).toEqual([SECRETS]);
    expect(brokenBy((e) => e.places.push({ name: '/orders/1', status: 500, found: [] }))).toEqual([SECRETS]);
  });
});

describe('remaining work', () => {
  test.each([
    ['a job', (e: Evidence) => e.jobs.push(job('messages', 'left', 'still there'))],
    ['a step that failed', (e: Evidence) => e.jobs.push(job('delivery', 'failed', 'HTTP 500'))],
    [
      'a poll that failed for a fault of ours',
      (e: Evidence) => e.jobs.push(job('intake', 'failed', 'x is null')),
    ],
    ['nothing polls an agent', (e: Evidence) => e.schedulers.found.pop()],
    ['two sweeps', (e: Evidence) => e.schedulers.found.push('sweep')],
  ])('%s', (_what, change) => {
    expect(brokenBy(change)).toEqual([WORK]);
  });

  test('a failed job whose work another job did', () => {
    expect(isMadeGood(job('orders', 'failed', 'GET /api/orders/1 failed: ECONNRESET'))).toBe(true);
    const outOfMemory = "OOM command not allowed when used memory > 'maxmemory'.";
    expect(isMadeGood(job('intake', 'failed', outOfMemory))).toBe(true);
    expect(isMadeGood(job('delivery', 'failed', outOfMemory))).toBe(false);
    expect(isMadeGood(job('orders', 'failed', 'Order not found (HTTP 404)'))).toBe(true);
    expect(isMadeGood(job('delivery', 'failed', 'job stalled more than allowable limit'))).toBe(true);
    expect(isMadeGood(job('delivery', 'failed', 'the lock of the job was lost'))).toBe(true);
    expect(isMadeGood(job('orders', 'failed', 'the clock is blocked'))).toBe(false);
  });

  test.each([
    [
      'a process that is not ready',
      (e: Evidence) => e.members.push({ name: 'x', ready: 503, says: 'stuck' }),
    ],
    ['a process that ended by itself', (e: Evidence) => exit(e, { code: 1 }, [])],
    ['a process that did not stop cleanly', (e: Evidence) => exit(e, { code: 1 }, ['SIGTERM'])],
    ['a process that had to be killed', (e: Evidence) => exit(e, { signal: 'SIGKILL' }, ['SIGTERM'])],
  ])('%s', (_what, change) => {
    expect(brokenBy(change)).toEqual([PROCESSES]);
  });

  test('a second SIGTERM may end it at once', () => {
    expect(brokenBy((e) => exit(e, { code: 1 }, ['SIGTERM', 'SIGTERM']))).toEqual([]);
  });
});

describe('the worth of a run', () => {
  test('an ingestor that no webhook reached', () => {
    expect(brokenBy((e) => Object.assign(e.served, { two: { webhooks: 0, artifacts: 1 } }))).toEqual([
      'webhooks and buyers reach each ingestor',
    ]);
  });
  test('a buyer who waits forever', () => {
    expect(brokenBy((e) => e.problems.push('Waited 240000 ms'))).toEqual(['every buyer comes to an end']);
  });
  test('a configured fault that never struck', () => {
    expect(
      brokenBy((e) => e.calls.splice(0, Infinity, ...e.calls.filter(({ fault }) => fault !== 'hang'))),
    ).toEqual([STRUCK]);
    expect(brokenBy((e) => Object.assign(e, { isHistoryWhole: false }))).toEqual([STRUCK]);
  });
  test('each disturbance is counted once', () => {
    expect(struck(goodEvidence())).toEqual(Object.fromEntries(KINDS.map((kind) => [kind, 1])));
  });
});

function setStatus(evidence: Evidence, place: 0 | 1 | 2, status: string): void {
  orderOf(evidence, place).market.order.status = status;
}

function made(different: object): { status: number; body: string } {
  const right = { order: 'ord_1', round: 1, feedback: 'Bluer, please.', file: 1 };
  return { status: 200, body: fileBody({ ...right, ...different }) };
}

function job(queue: string, state: 'failed' | 'left', reason: string) {
  return { queue, name: 'job', id: '1', state, reason };
}

function exit(
  { exits }: Evidence,
  how: { code: number } | { signal: NodeJS.Signals },
  signals: NodeJS.Signals[],
): void {
  exits.push({ member: 'admin-1', exit: how, said: '', signals, isLast: true });
}
