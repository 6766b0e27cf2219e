/** The options as the user typed them. */
export interface TypedOptions {
  orders: string;
  seed?: string | undefined;
  seeds?: string | undefined;
  minutes?: string | undefined;
  ledger?: string | undefined;
}

const LEDGERS = ['sqlite', 'postgres'] as const;
/** The database of the ledger. */
export type LedgerKind = (typeof LEDGERS)[number];

export interface Options {
  orders: number;
  seeds: number[];
  minutes: number;
  ledger: LedgerKind;
}

const STARTING_MINUTES = 4;
const ORDERS_A_MINUTE = 50;
const MOST_SEEDS = 1000;

/**
 * Reads the values of the options.
 * @returns the options, or a `problem` that describes a wrong value.
 */
export function readOptions(typed: TypedOptions): Options | { problem: string } {
  const orders = Number(typed.orders);
  if (!Number.isInteger(orders) || orders < 1) return { problem: '--orders takes a whole number above 0.' };
  const minutes = Number(typed.minutes ?? STARTING_MINUTES + Math.ceil(orders / ORDERS_A_MINUTE));
  if (!(minutes > 0)) return { problem: '--minutes takes a number above 0.' };
  const ledger = LEDGERS.find((kind) => kind === (typed.ledger ?? 'sqlite'));
  if (ledger === undefined) return { problem: `--ledger takes ${LEDGERS.join(' or ')}.` };
  const seeds = seedsOf(typed.seed, typed.seeds);
  return typeof seeds === 'string' ? { problem: seeds } : { orders, seeds, minutes, ledger };
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
