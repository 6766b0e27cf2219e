import type { Fact } from '@fulfillment/shared';
import { afterAll, describe, expect, test } from 'vitest';
import { newOrder } from '../test-support/scratch.ts';
import { openStepApp } from '../test-support/step-app.ts';
import { NoLongerWanted } from './no-longer-wanted.ts';
import { RunningSteps } from './running-steps.ts';
import { StepWorker } from './step-worker.ts';

const app = await openStepApp();
afterAll(() => app[Symbol.asyncDispose]());
const { runtime, market, facts } = app;
const steps = new StepWorker(runtime);
const job = {
  log: runtime.log,
  signal: new AbortController().signal,
  tryNumber: 1,
  storeFailingSince: null,
  heldSince: null,
  progress: async () => undefined,
};
const PRICED: Fact = { type: 'priced', handler: 'painter', priceUsd: '45.00' };

/** An order that waits for a price, and the payload of its `price` job. */
async function unpricedOrder() {
  const ref = newOrder();
  const show = (status: string) => {
    const order = {
      id: ref.orderId,
      provider_agent_id: ref.agentId,
      service_id: 'srv_1',
      brief: 'A cat',
      status,
    };
    market.answers[`GET /api/orders/${ref.orderId}`] = { data: { order, deliverables: [] } };
  };
  show('pending_quote');
  await app.poke(ref);
  return { ref, show, payload: { ...ref, round: '0', attempt: 0 } };
}

describe('a step', () => {
  test('ends with its facts, and the next step of the order gets its job', async () => {
    const { ref, payload } = await unpricedOrder();
    await steps.repeatable('price', async () => [PRICED])(payload, job);
    expect(await facts(ref, 'priced')).toMatchObject([{ priceUsd: '45.00' }]);
    expect((await app.job(ref, { name: 'quote', round: '0', attempt: 0 })).name).toBe('quote');
  });

  test.each(['repeatable', 'once'] as const)(
    'that the order no longer needs does not run (%s)',
    async (kind) => {
      const { ref, show, payload } = await unpricedOrder();
      show('cancelled');
      await app.poke(ref);
      let runs = 0;
      const work = async () => {
        runs += 1;
        return [];
      };
      await (kind === 'once' ? steps.once('price', work) : steps.repeatable('price', work))(payload, job);
      expect(runs).toBe(0);
    },
  );

  test('reads and appends on its way, and always sees the newest record', async () => {
    const { ref, show, payload } = await unpricedOrder();
    show('cancelled');
    const seen: unknown[] = [];
    await steps.repeatable('price', async (run) => {
      await run.observe();
      seen.push(run.record.snapshot?.status);
      await run.append(PRICED);
      seen.push(run.record.facts.at(-1)?.type);
      return [];
    })(payload, job);
    expect(seen).toEqual(['cancelled', 'priced']);
    expect(await facts(ref, 'priced')).toHaveLength(1);
  });

  test('whose order is cancelled between its read and its write makes no call, and is not a failure', async () => {
    const { ref, show, payload } = await unpricedOrder();
    await steps.repeatable('price', async () => [PRICED])(payload, job);
    let calls = 0;
    const quote = steps.once('quote', async (run) => {
      show('cancelled');
      await app.poke(ref);
      await run.write({
        intent: { type: 'quote_intended', priceUsd: '45.00' },
        stillWaits: () => true,
        call: async (lastLook) => {
          await lastLook();
          calls += 1;
        },
      });
      return [{ type: 'quoted', priceUsd: '45.00', found: false }];
    });
    await quote(payload, job);
    expect(calls).toBe(0);
    expect(await facts(ref, 'quoted')).toEqual([]);
    expect((await runtime.store.load(ref))?.marks).toEqual({});
  });

  test('whose order is cancelled is aborted, which is not a failure', async () => {
    const { ref, show, payload } = await unpricedOrder();
    const running = new RunningSteps(runtime);
    const processor = steps.repeatable('price', (run) =>
      running.whileWanted(run, async (unwanted) => {
        show('cancelled');
        await app.poke(ref);
        running.check(ref);
        await new Promise((resolve) => unwanted.addEventListener('abort', resolve, { once: true }));
        expect(unwanted.reason).toBeInstanceOf(NoLongerWanted);
        throw unwanted.reason;
      }),
    );
    await processor(payload, job);
    expect(await facts(ref, 'priced')).toEqual([]);
  });

  test('that failed for good leaves its facts for a human', async () => {
    const { ref, payload } = await unpricedOrder();
    const giveUp = steps.giveUp((step, reason) => [
      { type: 'failed', stepKey: `${step.name}:${step.round}`, attempt: step.attempt, reason },
    ]);
    await giveUp('price', payload, 'the model is gone');
    expect(await app.attention(ref)).toContain('the model is gone');
  });
});
