import { factsOf } from '@fulfillment/shared';
import { type Measure, quantile, under } from '../measure.ts';
import { atPace, payOrder, placeOrders, quiet, since, untilCalled } from '../orders.ts';
import { openStage } from '../stage.ts';

const PER_SECOND = 20;

export const pickup: Measure = {
  name: 'pickup',
  title: 'Paid to generation begins, by webhook',
  how: `${PER_SECOND} orders a second are paid. Measured from the marketplace's status to the fact that generation began, with one process of each app.`,
  figures: [
    { what: 'p50', unit: 'ms', target: under(30) },
    { what: 'p99', unit: 'ms', target: under(150) },
  ],
  runs: 3,
  async run({ quick }) {
    const count = PER_SECOND * (quick ? 5 : 30);
    await using stage = await openStage();
    for (const name of ['ingestor', 'generation-worker', 'delivery-worker'] as const) await stage.app(name);
    const ids = await placeOrders(stage, count);
    await quiet(stage, count);
    await atPace(ids, PER_SECOND, (id) => payOrder(stage, id));
    await untilCalled(stage, 'orders.deliver', count);
    const paid = await since(stage, 'paid');
    const waits = await Promise.all(
      ids.map(async (orderId) => {
        const record = await stage.view.store.load({ agentId: stage.agentId, orderId });
        const began = record && factsOf(record, 'began')[0]?.at;
        return (began ?? Number.NaN) - (paid.get(orderId) ?? Number.NaN);
      }),
    );
    return { p50: quantile(waits, 0.5), p99: quantile(waits, 0.99) };
  },
};
