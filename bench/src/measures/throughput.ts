import { startPipeline } from '../bare/pipeline.ts';
import { atLeast, type Measure } from '../measure.ts';
import { callsOf, payAll, placeOrders, quiet, since, untilCalled } from '../orders.ts';
import { openStage, type Stage } from '../stage.ts';

export const throughput: Measure = {
  name: 'throughput',
  title: 'Orders a second through all apps',
  how:
    'A handler that costs nothing, no rate limits, one process of each app. Orders are placed before; from the first payment to the last message. ' +
    'Against a bare pipeline in as many processes, which makes the same calls to the marketplace and adds the same jobs, and keeps no records.',
  figures: [
    { what: 'product', unit: 'orders/s' },
    { what: 'bare pipeline', unit: 'orders/s' },
    { what: 'ratio', unit: '', target: atLeast(0.8) },
  ],
  runs: 3,
  async run({ quick, log }) {
    const count = quick ? 100 : 1000;
    const product = await throughProduct(count);
    log(`product: ${product.perSecond.toFixed(1)} orders/s, ${product.reads} reads an order`);
    const bare = await throughPipeline(count, product.reads);
    log(`bare pipeline: ${bare.toFixed(1)} orders/s`);
    return { product: product.perSecond, 'bare pipeline': bare, ratio: product.perSecond / bare };
  },
};

async function throughProduct(count: number): Promise<{ perSecond: number; reads: number }> {
  await using stage = await openStage();
  for (const name of ['ingestor', 'generation-worker', 'delivery-worker'] as const) await stage.app(name);
  const ids = await placeOrders(stage, count);
  await quiet(stage);
  const before = (await callsOf(stage, 'orders.get')).length;
  await payAll(stage, ids);
  const seconds = await duration(stage, count);
  const reads = ((await callsOf(stage, 'orders.get')).length - before) / count;
  return { perSecond: count / seconds, reads };
}

async function throughPipeline(count: number, reads: number): Promise<number> {
  await using stage = await openStage();
  const all = Math.round(reads);
  await startPipeline(stage, { before: Math.floor(all / 2), after: Math.ceil(all / 2) });
  const ids = await placeOrders(stage, count);
  await payAll(stage, ids);
  return count / (await duration(stage, count));
}

/** From the first payment to the last message, in seconds. */
async function duration(stage: Stage, count: number): Promise<number> {
  const messages = await untilCalled(stage, 'orders.sendMessage', count);
  const paid = [...(await since(stage, 'paid')).values()];
  return (Math.max(...messages.map(({ at }) => at)) - Math.min(...paid)) / 1000;
}
