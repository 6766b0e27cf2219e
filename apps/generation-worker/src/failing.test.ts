import { InvalidOutputError, PermanentError } from '@fulfillment/artifacts';
import { RetryLaterError } from '@fulfillment/handlers';
import { HandlerTries, keepSecret, secretsIn } from '@fulfillment/platform';
import { gate, serviceRow, until } from '@fulfillment/platform/test-support';
import { afterAll, describe, expect, test } from 'vitest';
import { GENERATE, openGeneration } from './test-support/generation.ts';

const app = await openGeneration({ policy: { messages: { delayed: null } } });
const { runtime, market, placeFor, place, untilFact, facts, attention, job, record, tryAgainNow, lines } =
  app;
afterAll(() => app[Symbol.asyncDispose]());

const DONE = { body: 'done', contentType: 'text/plain' };
const never = () => new Promise<never>(() => undefined);

test('an order that no handler matches goes to attention, with its service in the reason', async () => {
  market.answers['GET /api/services/srv_unheard'] = {
    data: serviceRow('srv_unheard', { category: 'custom' }),
  };
  const ref = await place('srv_unheard', { service_title: 'A sonata' });
  expect(await attention(ref)).toBe(
    'No handler matches this order (service srv_unheard, title "A sonata", category "custom"). Handlers: none. Add one, restart, then retry.',
  );
  expect(await facts(ref, 'began')).toEqual([]);
});

describe('a handler that throws', () => {
  test("an error with a model's key of unknown form shows the key to nobody", async () => {
    const key = 'q8Zr"no shape\\at all';
    keepSecret(...secretsIn({ MODEL_KEY: key }));
    const ref = await placeFor({
      name: 'indiscreet',
      attempts: 2,
      generate: ({ log }) => {
        log.error({ headers: { 'x-key': key } }, 'refused');
        throw new Error(`401: ${key} is no key`, { cause: new Error(key) });
      },
    });
    await tryAgainNow(ref, GENERATE);
    expect(await attention(ref)).toBe('Handler "indiscreet" failed (try 2 of 2): 401: [redacted] is no key');
    const { failedReason, stacktrace } = await job(ref, GENERATE);
    for (const told of [await record(ref), lines, { failedReason, stacktrace }]) {
      expect(JSON.stringify(told)).not.toMatch(/q8Zr|no shape/);
    }
  });

  test('is retried up to its limit, then the order goes to attention', async () => {
    let calls = 0;
    const ref = await placeFor({
      name: 'clumsy',
      attempts: 3,
      generate: () => {
        calls += 1;
        throw new Error(`out of paint (${calls})`);
      },
    });
    await tryAgainNow(ref, GENERATE);
    await tryAgainNow(ref, GENERATE);
    expect(await attention(ref)).toBe('Handler "clumsy" failed (try 3 of 3): out of paint (3)');
    expect(calls).toBe(3);
    const tries = new HandlerTries(runtime.redis, runtime.keys);
    await until('its tries to be counted', async () => (await tries.recent()).get('clumsy')?.failed === 3);
    expect(await facts(ref, 'began')).toHaveLength(3);
  });

  test('once continues when it works again', async () => {
    let calls = 0;
    const ref = await placeFor({
      name: 'moody',
      generate: async () => {
        calls += 1;
        if (calls < 3) throw new Error('not now');
        return DONE;
      },
    });
    await tryAgainNow(ref, GENERATE);
    await tryAgainNow(ref, GENERATE);
    await untilFact(ref, 'generated');
    expect(await facts(ref, 'failed')).toEqual([]);
  });

  test('a PermanentError is not retried', async () => {
    const ref = await placeFor({
      name: 'honest',
      generate: () => {
        throw new PermanentError('this cannot be painted');
      },
    });
    expect(await attention(ref)).toBe('Handler "honest" failed (try 1 of 3): this cannot be painted');
    expect(await facts(ref, 'began')).toHaveLength(1);
  });

  test.each([
    ['nothing', undefined, 'undefined'],
    ['a text', 'broken', 'broken'],
    ['an object', { code: 5 }, '{ code: 5 }'],
    ['an object without a prototype', Object.create(null), '[Object: null prototype] {}'],
  ])('%s that is not an error fails like an error', async (_, thrown, told) => {
    const ref = await placeFor({
      name: 'odd',
      attempts: 1,
      generate: () => {
        throw thrown;
      },
    });
    expect(await attention(ref)).toBe(`Handler "odd" failed (try 1 of 1): ${told}`);
  });

  test('shows no key of ours in its reason', async () => {
    const ref = await placeFor({
      name: 'leaky',
      attempts: 1,
      generate: () => {
        throw new Error('cannot fetch with Bearer atelier_1234567890abcdef');
      },
    });
    expect(await attention(ref)).not.toContain('1234567890abcdef');
    expect(JSON.stringify(lines)).not.toContain('1234567890abcdef');
  });

  test('while it is matched is named in attention', async () => {
    const ref = await placeFor(
      {
        name: 'confused',
        match: ({ serviceTitle }) => {
          if (serviceTitle === 'confusing') throw new Error('what is this?');
          return false;
        },
      },
      { service_title: 'confusing' },
    );
    expect(await attention(ref)).toMatch(/A handler's match function threw: what is this\?/);
    const [failed] = await facts(ref, 'try_failed');
    expect(failed).toMatchObject({ step: 'generate', start: 0, kind: 'permanent' });
    expect(failed?.stack).toMatch(/^Error: what is this\?\n {4}at .*match.*failing\.test\.ts/);
  });
});

describe('a handler that hangs', () => {
  test('is aborted at its time limit, and the try counts as failed', async () => {
    let reason: unknown;
    const ref = await placeFor({
      name: 'slow',
      attempts: 1,
      timeLimitSeconds: 0.05,
      generate: ({ signal }) => {
        signal.addEventListener('abort', () => {
          reason = signal.reason;
        });
        return never();
      },
    });
    expect(await attention(ref)).toBe(
      'Handler "slow" failed (try 1 of 1): took longer than its time limit of 0.05 s',
    );
    expect(String(reason)).toContain('took longer than its time limit');
  });

  test('and ignores its signal has its late output ignored', async () => {
    const late = gate();
    const ref = await placeFor({
      name: 'deaf',
      attempts: 1,
      timeLimitSeconds: 0.05,
      generate: async () => {
        await late.opened;
        return DONE;
      },
    });
    await attention(ref);
    late.open();
    await job(ref, GENERATE);
    expect(await facts(ref, 'generated')).toEqual([]);
  });

  test('in an endless body is stopped, too', async () => {
    const ref = await placeFor({
      name: 'dripping',
      attempts: 1,
      timeLimitSeconds: 0.05,
      generate: () => ({ body: drip(), contentType: 'text/plain' }),
    });
    expect(await attention(ref)).toMatch(/"dripping" failed .*time limit/);
  });
});

async function* drip() {
  yield Buffer.from('drop');
  await never();
}

test('a failing handler stops no other order', async () => {
  const ref = await placeFor({ name: 'hanging', timeLimitSeconds: 60, generate: never });
  const other = await placeFor({ name: 'fine', generate: () => DONE });
  await untilFact(other, 'generated');
  expect(await facts(ref, 'generated')).toEqual([]);
});

describe('the stack of an error', () => {
  /** Throws from a function whose name is found in the stack. */
  function brewTea(fail: () => Error): never {
    throw fail();
  }

  test.each([
    ['an error', () => new Error('no water'), 'permanent', 1],
    ['a permanent error', () => new PermanentError('no kettle'), 'permanent', 3],
    ['an output that is invalid', () => new InvalidOutputError('no tea'), 'permanent', 3],
    ['a wait that a service named', () => new RetryLaterError(3600, 'later'), 'throttled', 3],
  ] as const)('is recorded with each try: %s', async (_, fail, kind, attempts) => {
    const ref = await placeFor({ name: 'brewer', attempts, generate: () => brewTea(fail) });
    const failed = await untilFact(ref, 'try_failed');
    expect(failed).toMatchObject({ step: 'generate', round: '0', start: 0, kind });
    expect(failed.stack).toMatch(/at brewTea .*failing\.test\.ts:\d+/);
    const line = lines.find(({ msg, orderId }) => msg === 'handler failed' && orderId === ref.orderId);
    expect(line?.stack).toContain('brewTea');
  });

  test('is bounded, with causes and without secrets', async () => {
    const key = 'k3y-of-the-t3a-house';
    keepSecret(key);
    const ref = await placeFor({
      name: 'wordy brewer',
      attempts: 2,
      generate: () =>
        brewTea(() => new Error('x'.repeat(1_000_000), { cause: new TypeError(`the tap refuses ${key}`) })),
    });
    await tryAgainNow(ref, GENERATE);
    await untilFact(ref, 'failed');
    const tries = await facts(ref, 'try_failed');
    expect(tries.map(({ start, kind }) => [start, kind])).toEqual([
      [0, 'transient'],
      [1, 'permanent'],
    ]);
    for (const { stack } of tries) {
      expect(stack.length).toBeLessThanOrEqual(8000);
      expect(stack).toContain('at brewTea');
      expect(stack).toContain('Caused by: TypeError: the tap refuses [redacted]');
    }
  });

  test('of a pricing is recorded, too', async () => {
    const ref = await placeFor(
      { name: 'pricer', quote: () => brewTea(() => new PermanentError('no price')) },
      { status: 'pending_quote', quoted_price_usd: null },
    );
    expect(await untilFact(ref, 'try_failed')).toMatchObject({ step: 'price', kind: 'permanent' });
  });
});

test('an order with too many starts without an end goes to attention, and does not start again', async () => {
  const began = Array.from({ length: 6 }, (_, start) => ({
    type: 'began' as const,
    step: 'generate' as const,
    round: '0',
    attempt: 0,
    start,
    handler: 'crasher',
  }));
  let calls = 0;
  const ref = await placeFor(
    {
      name: 'crasher',
      generate: () => {
        calls += 1;
        return DONE;
      },
    },
    {},
    began,
  );
  expect(await attention(ref)).toMatch(/^Handler "crasher" was started 6 times and never finished/);
  expect(calls).toBe(0);
  await runtime.store.append(ref, [
    { type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'operator' },
  ]);
  await runtime.reconciler.reconcile(ref);
  await untilFact(ref, 'generated');
});
