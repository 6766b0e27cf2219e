import { setTimeout as delay } from 'node:timers/promises';
import { AtelierClient } from '@atelier-ai/sdk';
import { waitFor } from '@fulfillment/processes';
import { AGENTS } from '@fulfillment/tests/harness/agents';
import { atMost, type Measure, median, type Values } from '../measure.ts';
import { placeOrders, untilEmpty, untilGenerationWaits } from '../orders.ts';
import { openStage, type RunningApp, type Stage } from '../stage.ts';
import { type Usage, usageOf } from '../usage.ts';

const ORDERS = 5000;
const POLL_SECONDS = '2';
/** The first polls and the first sweep of an ingestor find orders whose check is due. */
const POLLS_BEFORE = 2;
const POLLS = 10;
/** An order that waits for its generation is checked every two minutes. */
const SWEEP_WINDOW_SECONDS = 120;
const LIST_READS = 10;
const NEVER_SECONDS = '3600';

export const openList: Measure = {
  name: 'open-list',
  title: 'Polls and sweeps of 5,000 open orders',
  how:
    `${ORDERS} paid orders wait for their generation, no generation worker runs, and nothing changes. One ingestor polls them every ` +
    `${POLL_SECONDS} seconds, ${POLLS} times. The time of a poll is the mean time of its job. The list alone is the marketplace's answer, ` +
    `read by the SDK. Then an ingestor sweeps them every 15 seconds and does not poll. Its first ${SWEEP_WINDOW_SECONDS} s do not count, and ` +
    `the next ${SWEEP_WINDOW_SECONDS} s do. Processor time is that ` +
    'of the ingestor and Redis. Redis counts the commands, those in scripts included.',
  figures: [
    { what: 'poll', unit: 'ms', target: atMost(300) },
    { what: 'the list alone', unit: 'ms' },
    { what: 'poll: processor time', unit: 'ms' },
    { what: 'poll: Redis commands', unit: '' },
    { what: 'poll: Redis scripts', unit: '' },
    { what: 'sweeps: orders reconciled', unit: 'a second' },
    { what: 'sweeps: processor time', unit: 'ms a second' },
    { what: 'sweeps: Redis commands', unit: 'a second' },
    { what: 'sweeps: Redis scripts', unit: 'a second' },
  ],
  runs: 3,
  async run({ quick, log }) {
    const count = quick ? ORDERS / 10 : ORDERS;
    await using stage = await openStage({ POLL_INTERVAL_SECONDS: NEVER_SECONDS });
    const intake = await stage.app('ingestor');
    await placeOrders(stage, count, 'x402');
    await untilGenerationWaits(stage, count);
    await intake.process.stop();
    log(`${count} orders wait`);
    return {
      ...(await measurePolls(stage)),
      ...(await measureSweeps(stage, quick ? 20 : SWEEP_WINDOW_SECONDS)),
    };
  },
};

async function measurePolls(stage: Stage): Promise<Values> {
  const ingestor = await stage.app('ingestor', {
    POLL_INTERVAL_SECONDS: POLL_SECONDS,
    POLL_STRETCH_SECONDS: POLL_SECONDS,
    SWEEP_INTERVAL_SECONDS: NEVER_SECONDS,
  });
  await untilPolled(ingestor, POLLS_BEFORE);
  await untilEmpty([stage.view.queues.get('orders')]);
  const polls = pollsOf(ingestor);
  const [before, used] = [await jobRuns(ingestor, 'poll'), await usageOf(stage)];
  await untilPolled(ingestor, polls + POLLS);
  const [after, usedSince] = [await jobRuns(ingestor, 'poll'), await usageOf(stage)];
  const values: Values = {
    // The metrics count a poll a moment after its log line.
    poll: ((after.seconds - before.seconds) * 1000) / (after.count - before.count),
    'the list alone': await readList(stage),
    ...share('poll', { from: used, to: usedSince, by: POLLS }),
  };
  await ingestor.process.stop();
  return values;
}

/** @param seconds the time before the measurement, and the time of the measurement. */
async function measureSweeps(stage: Stage, seconds: number): Promise<Values> {
  const ingestor = await stage.app('ingestor');
  // An ingestor polls once at its start, and the checks of these young orders are not due yet.
  await delay(seconds * 1000);
  const [before, used] = [await jobRuns(ingestor, 'reconcile'), await usageOf(stage)];
  const begun = performance.now();
  await delay(seconds * 1000);
  const [after, usedSince] = [await jobRuns(ingestor, 'reconcile'), await usageOf(stage)];
  const elapsed = (performance.now() - begun) / 1000;
  return {
    'sweeps: orders reconciled': (after.count - before.count) / elapsed,
    ...share('sweeps', { from: used, to: usedSince, by: elapsed }),
  };
}

/** The usage between two moments, divided by a number of polls or seconds. */
function share(what: string, { from, to, by }: { from: Usage; to: Usage; by: number }): Values {
  return {
    [`${what}: processor time`]: (to.processorMs - from.processorMs) / by,
    [`${what}: Redis commands`]: (to.commands - from.commands) / by,
    [`${what}: Redis scripts`]: (to.scripts - from.scripts) / by,
  };
}

/** Counts polls by their log lines. Reading metrics often would slow the ingestor. */
function pollsOf({ process }: RunningApp): number {
  return process.output().split('"msg":"polled"').length - 1;
}

async function untilPolled(ingestor: RunningApp, count: number): Promise<void> {
  await waitFor(`${count} polls`, () => pollsOf(ingestor) >= count || null, {
    timeoutMs: 300_000,
    intervalMs: 100,
  });
}

/** The runs of a job that an app has ended since its start, by its metrics. */
async function jobRuns({ url }: RunningApp, job: string): Promise<{ count: number; seconds: number }> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const sum = (part: 'count' | 'sum') =>
    [
      ...text.matchAll(
        new RegExp(`^fulfillment_job_run_seconds_${part}\\{[^}]*job="${job}"[^}]*\\} (\\S+)`, 'gm'),
      ),
    ]
      .map(([, value]) => Number(value))
      .reduce((total, value) => total + value, 0);
  return { count: sum('count'), seconds: sum('sum') };
}

/** The median time of the marketplace's answer with the paid orders, in ms. */
async function readList({ market, agentId }: Stage): Promise<number> {
  const client = new AtelierClient({ apiKey: AGENTS[0].apiKey, baseUrl: market.url });
  const times: number[] = [];
  for (let read = 0; read < LIST_READS; read += 1) {
    const begun = performance.now();
    await client.orders.listForAgent(agentId, { status: 'paid' });
    times.push(performance.now() - begun);
  }
  return median(times);
}
