import { atLeast, atMost, type Figure, type Measure, type Values } from '../measure.ts';
import { type Passage, passOrders } from '../passage.ts';
import { openBare } from '../programs/bare.ts';
import { openDurable } from '../programs/durable.ts';
import { openProduct } from '../programs/product.ts';
import type { Program, Work } from '../programs/program.ts';

/** The first orders after the start of a program, and as many after them. */
const PHASES = ['cold', 'warm'] as const;
type Phase = (typeof PHASES)[number];

interface Comparison {
  name: string;
  /** Whether the program keeps its jobs in Redis. */
  isOnRedis: boolean;
  /** @param like what the product did for an order. */
  open: (like: Work) => Promise<Program>;
}

const PRODUCT = 'product';
const BARE = 'bare pipeline';
const DURABLE = 'durable peer';
const THREE = `${DURABLE} in three processes`;
const COMPARISONS: readonly Comparison[] = [
  {
    name: 'product, handlers in the worker',
    isOnRedis: true,
    open: () => openProduct({ HANDLER_ISOLATION: 'none' }),
  },
  { name: BARE, isOnRedis: true, open: openBare },
  {
    name: DURABLE,
    isOnRedis: false,
    open: (like) => openDurable(like, { commit: 'on', layout: 'one process' }),
  },
  {
    name: `${DURABLE}, synchronous_commit off`,
    isOnRedis: false,
    open: (like) => openDurable(like, { commit: 'off', layout: 'one process' }),
  },
  {
    name: THREE,
    isOnRedis: false,
    open: (like) => openDurable(like, { commit: 'on', layout: 'three processes' }),
  },
];
/** The ratios to these programs, with their targets for the first orders. */
const RATIOS = [
  { other: BARE, least: 0.65 },
  { other: DURABLE, least: 1.5 },
  { other: THREE, least: null },
] as const;

export const throughput: Measure = {
  name: 'throughput',
  title: 'Orders a second through all apps',
  how:
    'A handler that costs nothing, no rate limits, one process of each app. Orders are placed before, and the queues are empty then. ' +
    'Measured from the first payment to the last message. Cold: the first 800 orders after the start of the processes. Warm: 800 more. ' +
    'The bare pipeline has as many processes, makes the same calls to the marketplace, adds as many jobs, and keeps no records. ' +
    'The durable peer makes the same calls in a workflow of DBOS Transact with Postgres. One process receives the webhooks and runs the ' +
    'workflows. In three processes, one receives the webhooks, and two take the workflows from a queue. Postgres waits for the disk at each ' +
    'commit, except for the figures that say otherwise. Redis syncs its append-only file each second. ' +
    'Processor time is that of all processes of a program and of its database, by the accounts of the system. Redis counts the commands, ' +
    'those in scripts included. Processor time, commands, scripts and jobs count from the first payment until nothing is left to do. ' +
    'Handlers run in child processes, except for the figures that say otherwise.',
  figures: PHASES.flatMap((phase) => [
    ...figuresOf({ name: PRODUCT, isOnRedis: true }, phase),
    ...RATIOS.map(
      ({ other, least }): Figure => ({
        what: ratioOf(other, phase),
        unit: '',
        ...(phase === 'cold' && least !== null ? { target: atLeast(least) } : {}),
      }),
    ),
    ...COMPARISONS.flatMap((comparison) => figuresOf(comparison, phase)),
  ]),
  runs: 3,
  async run({ quick, log }) {
    const count = quick ? 100 : 800;
    const product = await passBoth(() => openProduct(), count);
    const { reads, threads, jobs } = product.cold;
    const like = { reads: Math.round(reads), threads: Math.round(threads), jobs: Math.round(jobs) };
    log(`product: ${reads} reads, ${threads} of the thread, and ${jobs} jobs an order`);
    const values = valuesOf(PRODUCT, product);
    for (const { name, open } of COMPARISONS) {
      const passages = await passBoth(() => open(like), count);
      log(`${name}: ${passages.cold.perSecond.toFixed(1)} orders/s, ${passages.cold.reads} reads an order`);
      Object.assign(values, valuesOf(name, passages));
    }
    for (const phase of PHASES) {
      const rate = (name: string) => values[`${name}, ${phase}`] ?? Number.NaN;
      for (const { other } of RATIOS) values[ratioOf(other, phase)] = rate(PRODUCT) / rate(other);
    }
    return values;
  },
};

function ratioOf(other: string, phase: Phase): string {
  return `${PRODUCT} against the ${other}, ${phase}`;
}

/** The figures of a program, which `valuesOf` fills. */
function figuresOf({ name, isOnRedis }: Pick<Comparison, 'name' | 'isOnRedis'>, phase: Phase): Figure[] {
  const hasTarget = name === PRODUCT && phase === 'cold';
  const figure = (what: string, unit: string, most?: number): Figure => ({
    what: `${name}, ${phase}${what}`,
    unit,
    ...(hasTarget && most !== undefined ? { target: atMost(most) } : {}),
  });
  const redis = [
    figure(': Redis commands', 'an order'),
    figure(': Redis scripts', 'an order', 20),
    figure(': jobs', 'an order'),
  ];
  return [figure('', 'orders/s'), figure(': processor time', 'ms an order', 11), ...(isOnRedis ? redis : [])];
}

function valuesOf(name: string, passages: Record<Phase, Passage>): Values {
  return Object.fromEntries(
    PHASES.flatMap((phase) => {
      const { perSecond, processorMs, commands, scripts, jobs } = passages[phase];
      return [
        [`${name}, ${phase}`, perSecond],
        [`${name}, ${phase}: processor time`, processorMs],
        [`${name}, ${phase}: Redis commands`, commands],
        [`${name}, ${phase}: Redis scripts`, scripts],
        [`${name}, ${phase}: jobs`, jobs],
      ];
    }),
  );
}

/** Passes two batches of orders through a program that has just started. */
async function passBoth(open: () => Promise<Program>, count: number): Promise<Record<Phase, Passage>> {
  await using program = await open();
  return { cold: await passOrders(program, count, 0), warm: await passOrders(program, count, count) };
}
