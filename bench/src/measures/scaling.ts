import type { LoadedRecord } from '@fulfillment/platform';
import { waitFor } from '@fulfillment/processes';
import { factsOf } from '@fulfillment/shared';
import type { Queue } from 'bullmq';
import { atLeast, type Figure, type Measure, type Values } from '../measure.ts';
import { placeOrders } from '../orders.ts';
import { openStage, type Stage } from '../stage.ts';

const WORK_MS = 200;
const CONCURRENCY = 4;
const WORKERS = [1, 2, 4, 8];
/**
 * Generations before the measurement, for each process: the first ones of a process take longer.
 */
const WARMING = 20;

export const scaling: Measure = {
  name: 'scaling',
  title: '200 ms of generation, 1 to 8 generation workers',
  how:
    `A handler that waits for ${WORK_MS} ms, ${CONCURRENCY} at once in each process, after ${WARMING} generations in each process to warm up. ` +
    "Measured from the first generation's beginning to the last one's end, and compared with a multiple of one process. All orders are " +
    'known and wait at the beginning, and no output is delivered meanwhile. Intake and delivery would take processor time from the ' +
    'measured workers.',
  figures: WORKERS.flatMap((workers): Figure[] => [
    { what: `${workers} workers`, unit: 'generations/s' },
    ...(workers === 1
      ? []
      : [{ what: `${workers} workers, against linear`, unit: '', target: atLeast(0.9) }]),
  ]),
  runs: 3,
  async run({ quick, log }) {
    const perWorker = quick ? 20 : 60;
    const values: Values = {};
    let one = Number.NaN;
    for (const workers of WORKERS) {
      const rate = await rateOf(workers, perWorker);
      log(`${workers} workers: ${rate.toFixed(1)} generations/s`);
      if (workers === 1) one = rate;
      else values[`${workers} workers, against linear`] = rate / (one * workers);
      values[`${workers} workers`] = rate;
    }
    return values;
  },
  chart: (values) => ({
    kind: 'lines',
    values: 'generations a second',
    places: 'generation workers',
    marks: WORKERS.flatMap((workers) => [
      { of: 'measured', at: workers, value: values[`${workers} workers`] ?? 0 },
      { of: 'linear', at: workers, value: (values['1 workers'] ?? 0) * workers },
    ]),
  }),
};

async function rateOf(workers: number, perWorker: number): Promise<number> {
  await using stage = await openStage({
    BENCH_WORK_MS: String(WORK_MS),
    GENERATION_CONCURRENCY: String(CONCURRENCY),
  });
  await stage.app('ingestor');
  for (let worker = 0; worker < workers; worker += 1) await stage.app('generation-worker');
  await allGenerated(stage, WARMING * workers);
  const records = await allGenerated(stage, perWorker * workers);
  const times = (type: 'began' | 'generated') =>
    records.flatMap((record) => (record ? factsOf(record, type).map(({ at }) => at) : []));
  return records.length / ((Math.max(...times('generated')) - Math.min(...times('began'))) / 1000);
}

/**
 * Generates this many more orders. All of them wait when the generation begins.
 * @returns their records.
 */
async function allGenerated(stage: Stage, count: number): Promise<(LoadedRecord | null)[]> {
  const { queues, store } = stage.view;
  const until = (what: string, queue: 'generation' | 'delivery', waiting: number) =>
    waitFor(
      `${waiting} orders to wait for their ${what}`,
      async () => (await waitingIn(queues.get(queue))) >= waiting || null,
      { timeoutMs: 300_000, intervalMs: 100 },
    );
  const generation = queues.get('generation');
  const generatedBefore = await waitingIn(queues.get('delivery'));
  await generation.pause();
  const ids = await placeOrders(stage, count, 'x402');
  await until('generation', 'generation', count);
  await generation.resume();
  await until('delivery', 'delivery', generatedBefore + count);
  return Promise.all(ids.map((orderId) => store.load({ agentId: stage.agentId, orderId })));
}

function waitingIn(queue: Queue): Promise<number> {
  return queue.getJobCountByTypes('wait', 'prioritized');
}
