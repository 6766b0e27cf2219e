import { factsOf } from '@fulfillment/shared';
import { atLeast, type Figure, type Measure, type Values } from '../measure.ts';
import { payAll, placeOrders, quiet, untilCalled } from '../orders.ts';
import { openStage } from '../stage.ts';

const WORK_MS = 200;
const CONCURRENCY = 4;
const WORKERS = [1, 2, 4, 8];

export const scaling: Measure = {
  name: 'scaling',
  title: '200 ms of generation, 1 to 8 generation workers',
  how: `A handler that waits for ${WORK_MS} ms, ${CONCURRENCY} at once in each process. From the first generation's beginning to the last one's end, against as many times what one process did.`,
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
      const rate = await rateOf(workers, perWorker * workers);
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

async function rateOf(workers: number, count: number): Promise<number> {
  await using stage = await openStage({
    BENCH_WORK_MS: String(WORK_MS),
    GENERATION_CONCURRENCY: String(CONCURRENCY),
  });
  await stage.app('ingestor');
  await stage.app('delivery-worker');
  for (let worker = 0; worker < workers; worker += 1) await stage.app('generation-worker');
  const ids = await placeOrders(stage, count);
  await quiet(stage, count);
  await payAll(stage, ids);
  await untilCalled(stage, 'orders.deliver', count);
  const records = await Promise.all(
    ids.map((orderId) => stage.view.store.load({ agentId: stage.agentId, orderId })),
  );
  const times = (type: 'began' | 'generated') =>
    records.flatMap((record) => (record ? factsOf(record, type).map(({ at }) => at) : []));
  return count / ((Math.max(...times('generated')) - Math.min(...times('began'))) / 1000);
}
