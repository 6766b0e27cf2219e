import { defineHandler, type GenerateContext } from '@fulfillment/handlers';
import { NoLongerWanted, RunningSteps } from '@fulfillment/platform';
import { gate, until } from '@fulfillment/platform/test-support';
import { afterAll, describe, expect, test } from 'vitest';
import { GENERATE, openGeneration, PRICE } from './test-support/generation.ts';

const app = await openGeneration();
const { runtime, placeFor, show, poke, untilFact, facts, job } = app;
afterAll(() => app[Symbol.asyncDispose]());

const DONE = { body: 'done', contentType: 'text/plain' };

/** An order whose handler waits for `goOn`, and records why its signal was aborted. */
async function orderInHand(fields: Record<string, unknown> = {}, goOn = gate().opened) {
  const begun = gate();
  const seen: { reason?: unknown } = {};
  const work = async ({ signal }: Pick<GenerateContext, 'signal'>) => {
    signal.addEventListener('abort', () => {
      seen.reason = signal.reason;
    });
    begun.open();
    await goOn;
  };
  const ref = await placeFor(
    {
      name: 'patient',
      quote: async (ctx) => {
        await work(ctx);
        return '45';
      },
      generate: async (ctx) => {
        await work(ctx);
        return DONE;
      },
    },
    fields,
  );
  await begun.opened;
  return { ref, seen };
}

describe('an operator who stops a running step', () => {
  const stop = { type: 'operator_stopped', stepKey: 'generate:0', attempt: 0, by: 'ada' } as const;

  test('aborts its handler, which is not called again before a retry', async () => {
    const { ref, seen } = await orderInHand();
    await poke(ref, [stop]);
    await runtime.store.announceChange(ref);
    const { id } = await job(ref, GENERATE);
    await until(
      'the job to end',
      async () => (await runtime.queues.get('generation').getJobState(id ?? '')) === 'completed',
    );
    expect(seen.reason).toBeInstanceOf(NoLongerWanted);
    expect(await app.attention(ref)).toContain('Ada stopped the step');
    expect(await facts(ref, 'began')).toHaveLength(1);
    expect(await facts(ref, 'try_failed')).toEqual([]);
    await poke(ref, [{ type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'ada' }]);
    await until('another beginning', async () => (await facts(ref, 'began')).length === 2);
  });

  test('loses no output that the handler has finished', async () => {
    let calls = 0;
    const [isStored, goOn] = [gate(), gate()];
    const ref = await placeFor({
      name: 'finished',
      review: async () => {
        isStored.open();
        await goOn.opened;
        return false;
      },
      generate: () => {
        calls += 1;
        return DONE;
      },
    });
    await isStored.opened;
    await poke(ref, [stop]);
    goOn.open();
    await until('the stop', async () => (await app.attention(ref))?.includes('stopped') === true);
    await poke(ref, [{ type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'ada' }]);
    expect(await untilFact(ref, 'generated')).toMatchObject({ handler: 'finished' });
    expect(calls).toBe(1);
  });
});

describe('an order that is cancelled while its handler runs', () => {
  test('aborts the handler, records nothing and needs no human', async () => {
    const { ref, seen } = await orderInHand();
    show(ref, { status: 'cancelled' });
    await poke(ref);
    const { id } = await job(ref, GENERATE);
    await until(
      'the job to end',
      async () => (await runtime.queues.get('generation').getJobState(id ?? '')) === 'completed',
    );
    expect(seen.reason).toBeInstanceOf(NoLongerWanted);
    const types = (await app.record(ref)).facts.map(({ type }) => type);
    expect(types).toEqual(['seen', 'began', 'seen']);
  });

  test('aborts its pricing, too', async () => {
    const { ref, seen } = await orderInHand({ status: 'pending_quote' });
    show(ref, { status: 'cancelled' });
    await poke(ref);
    const { id } = await job(ref, PRICE);
    await until(
      'the job to end',
      async () => (await runtime.queues.get('generation').getJobState(id ?? '')) === 'completed',
    );
    expect(seen.reason).toBeInstanceOf(NoLongerWanted);
    expect(await facts(ref, 'priced')).toEqual([]);
  });

  test('is noticed in another process, even without a notification', async () => {
    const { ref } = await orderInHand();
    const elsewhere = new RunningSteps(runtime, 5);
    const running = elsewhere.whileWanted(
      { ref, step: { name: 'generate', round: '0', attempt: 0 } },
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    );
    const ended = expect(running).rejects.toBeInstanceOf(NoLongerWanted);
    show(ref, { status: 'cancelled' });
    await poke(ref);
    await ended;
  });

  test('does not affect the handler of another order', async () => {
    const goOn = gate();
    const { ref, seen } = await orderInHand({}, goOn.opened);
    const other = await orderInHand();
    show(other.ref, { status: 'cancelled' });
    await poke(other.ref);
    await until('the other one to be aborted', () => other.seen.reason);
    goOn.open();
    await untilFact(ref, 'generated');
    expect(seen.reason).toBeUndefined();
  });
});

describe('a process that stops', () => {
  test('aborts its job and returns it, so that another process starts it again', async () => {
    await using first = await openGeneration();
    const begun = gate();
    let reason: unknown;
    const ref = await first.placeFor({
      name: 'patient',
      generate: ({ signal }) => {
        signal.addEventListener('abort', () => {
          reason = signal.reason;
        });
        begun.open();
        return new Promise<never>(() => undefined);
      },
    });
    await begun.opened;
    await using second = await openGeneration({ beside: first, concurrency: 1 });
    second.handlers.push({
      name: 'quick',
      match: 'default',
      generate: () => DONE,
      attempts: 1,
      timeLimitSeconds: 60,
    });
    await first.runtime.close();
    expect(reason).toBeDefined();
    expect(await second.untilFact(ref, 'generated')).toMatchObject({ handler: 'quick' });
    const { attemptsMade } = await second.job(ref, GENERATE);
    expect(attemptsMade).toBeLessThanOrEqual(1);
    expect(await second.facts(ref, 'failed')).toEqual([]);
  });

  test('does not count as a crash: after nine restarts the order is still generated', async () => {
    await using first = await openGeneration();
    const ref = await first.placeFor({ name: 'nobody', generate: () => new Promise<never>(() => undefined) });
    await first.untilFact(ref, 'began');
    await first.runtime.close();
    for (let restarts = 1; restarts < 9; restarts += 1) {
      await using next = await openGeneration({ beside: first });
      const begun = gate();
      const generate = () => {
        begun.open();
        return new Promise<never>(() => undefined);
      };
      next.handlers.push(defineHandler({ name: 'long', match: 'default', generate }));
      await begun.opened;
    }
    await using last = await openGeneration({ beside: first });
    last.handlers.push(defineHandler({ name: 'quick', match: 'default', generate: () => DONE }));
    await last.untilFact(ref, 'generated');
    expect(await last.facts(ref, 'began')).toHaveLength(10);
    expect(await last.facts(ref, 'returned')).toHaveLength(9);
    expect(await last.facts(ref, 'failed')).toEqual([]);
  });

  test('does not count as a crash for a pricing, either', async () => {
    await using first = await openGeneration();
    const begun = gate();
    const ref = await first.placeFor(
      {
        name: 'patient',
        quote: () => {
          begun.open();
          return new Promise<never>(() => undefined);
        },
      },
      { status: 'pending_quote', quoted_price_usd: null },
    );
    await begun.opened;
    await first.runtime.close();
    await using after = await openGeneration({ beside: first });
    expect(await after.facts(ref, 'returned')).toMatchObject([{ step: 'price', round: '0', start: 0 }]);
  });

  test('finishes its job within the grace period', async () => {
    await using app = await openGeneration({ env: { SHUTDOWN_GRACE_SECONDS: '10' } });
    const [begun, goOn] = [gate(), gate()];
    const ref = await app.placeFor({
      name: 'patient',
      generate: async () => {
        begun.open();
        await goOn.opened;
        return DONE;
      },
    });
    await begun.opened;
    const closed = app.runtime.close();
    goOn.open();
    await closed;
    await using after = await openGeneration({ beside: app });
    expect(await after.facts(ref, 'generated')).toHaveLength(1);
  });
});
