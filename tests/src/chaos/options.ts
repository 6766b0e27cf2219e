import { parseArgs } from 'node:util';

export const HELP = `pnpm chaos [--orders 60] [--seed 1 | --seeds 101-110] [--minutes N]

Runs the apps as processes (two of each worker, two ingestors), a Redis with its file, and the sandbox marketplace. Buyers place
orders of every kind, revise, dispute, write and cancel, while processes are killed, stopped, frozen and restarted in turn, Redis
is killed, misbehaves and loses everything, calls fail in every way, and webhooks are lost, repeated, reordered, forged and
replayed. At the end what the marketplace and the buyers saw is compared with what was promised.

  --orders    how many orders a run has (60; under 20 there may be too few for every disturbance)
  --seed      fixes the buyers' plans and the order of the disturbances (random); timing differs from run to run
  --seeds     several runs, one after the other, and their totals
  --minutes   give up a run after this (4, and one more for each 50 orders)
  --help      print this

Exits with 1 when a promise was broken, with 2 when it is asked for something it does not know.`;

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
