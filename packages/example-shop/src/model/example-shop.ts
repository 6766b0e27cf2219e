import { BUYERS, SUBJECTS, WISHES } from './buyers-and-briefs.ts';
import { type ExampleService, SERVICES } from './catalog.ts';
import type { ExampleOrder } from './example-order.ts';
import { type Plot, SHARES } from './plots.ts';
import { type Luck, luckOf } from './random.ts';
import { timesOf } from './times.ts';

const SEED = 20_261_126;
const HOUR = 3_600_000;
/** The marketplace's share. */
const FEE_PERCENT = 10;

/**
 * The orders of a shop, the oldest first. The same number and time give the same shop.
 * @param count how many orders. 300 show every course that an order can take.
 * @param now in ms since the epoch. All orders were placed before.
 */
export function exampleShop(count: number, now: number): ExampleOrder[] {
  const luck = luckOf(SEED);
  const orders = SHARES.flatMap(({ plot, of300, services, hoursAgo: [from, to] }) => {
    const choices = SERVICES.filter(({ id }) => services === undefined || services.includes(id));
    return Array.from({ length: Math.round((of300 * count) / 300) }, () => {
      const service = luck.pickWeighted(choices);
      const createdAt = now - luck.between(from * 60, to * 60) * 60_000 - luck.between(0, 59_000);
      return orderOf(luck, { plot, service, createdAt, now });
    });
  });
  return orders.toSorted((one, other) => one.times.createdAt - other.times.createdAt);
}

interface Setting {
  plot: Plot;
  service: ExampleService;
  createdAt: number;
  now: number;
}

function orderOf(luck: Luck, { plot, service, createdAt, now }: Setting): ExampleOrder {
  const price = Math.round((service.priceUsd * luck.between(85, 130)) / 500) * 5;
  const isPriced = plot !== 'awaiting_quote' && plot !== 'declined';
  const fee = (price * FEE_PERCENT) / 100;
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => luck.between(0, 15).toString(16)).join('');
  return {
    id: `ord_${createdAt}_${hex(10)}`,
    plot,
    service,
    buyer: luck.pick(BUYERS),
    brief: `${luck.pick(service.asks)} ${luck.pick(SUBJECTS)}. ${luck.pick(WISHES)}`,
    priceUsd: isPriced ? price.toFixed(2) : null,
    feeUsd: isPriced ? fee.toFixed(2) : null,
    netUsd: isPriced ? (price - fee).toFixed(2) : null,
    costUsd: service.usage && Number(((service.usage.costUsd * luck.between(70, 140)) / 100).toFixed(4)),
    times: timesOf(luck, { plot, service, createdAt, now, hour: HOUR }),
    txHash: `0x${hex(64)}`,
    rating: luck.between(0, 9) < 4 ? luck.pick([5, 5, 5, 4, 4, 3]) : null,
  };
}
