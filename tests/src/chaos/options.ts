import { parseArgs } from 'node:util';

export const HELP = `pnpm chaos [--orders 60] [--seed 1 | --seeds 101-110] [--minutes N]

Runs the apps as processes (two of each worker, two ingestors), a Redis with its append-only file,
and the sandbox marketplace. Buyers place orders of every kind, revise, dispute, write and cancel.
Meanwhile, processes are killed, stopped, frozen and restarted in turn. Redis is killed, misbehaves
and loses all data. Calls fail in every way. Webhooks are lost, repeated, reordered, forged and
replayed. At the end, a judge checks each promise against the marketplace's history.

  --orders    number of orders in a run (60). Below 20, some disturbances may not strike
  --seed      seed of the buyers' plans and of the order of the disturbances (random)
  --seeds     several runs, one after the other, and their totals
  --minutes   time limit of a run (4, and one more for each 50 orders)
  --help      print this help

Exits with 1 if a promise is broken, and with 2 for an unknown option or value.`;

export interface Options {
  orders: number;
  seeds: number[];
  minutes: number;
}

const STARTING_MINUTES = 4;
const ORDERS_A_MINUTE = 50;
const MOST_SEEDS = 1000;

/**
 * Reads the arguments.
 * @returns the options, 'help', or a `problem` that describes a wrong argument.
 */
export function readOptions(args: readonly string[]): Options | 'help' | { problem: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        orders: { type: 'string', default: '60' },
        seed: { type: 'string' },
        seeds: { type: 'string' },
        minutes: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) return 'help';
    const orders = Number(values.orders);
    if (!Number.isInteger(orders) || orders < 1) return { problem: '--orders takes a whole number above 0.' };
    const minutes = Number(values.minutes ?? STARTING_MINUTES + Math.ceil(orders / ORDERS_A_MINUTE));
    if (!(minutes > 0)) return { problem: '--minutes takes a number above 0.' };
    const seeds = seedsOf(values.seed, values.seeds);
    return typeof seeds === 'string' ? { problem: seeds } : { orders, seeds, minutes };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Reads the seeds. @returns a problem, or the seeds. */
function seedsOf(one: string | undefined, range: string | undefined): number[] | string {
  if (one !== undefined && range !== undefined) return 'Either --seed or --seeds, not both.';
  if (range === undefined) {
    const seed = one === undefined ? Date.now() % 1_000_000 : Number(one);
    return Number.isInteger(seed) && one !== '' ? [seed] : '--seed takes a whole number.';
  }
  const [, first, last] = /^(\d+)-(\d+)$/.exec(range) ?? [];
  const count = Number(last) - Number(first) + 1;
  if (!(count >= 1 && count <= MOST_SEEDS)) return '--seeds takes two whole numbers, such as 101-110.';
  return Array.from({ length: count }, (_, index) => Number(first) + index);
}
