import { atLeast, atMost, type Figure, type Measure, type Values } from '../measure.ts';
import { type Passage, passOrders } from '../passage.ts';
import { openBare } from '../programs/bare.ts';
import { openProduct } from '../programs/product.ts';
import type { Program, Work } from '../programs/program.ts';

/** The first orders after the start of the program, and as many after them. */
const PHASES = ['cold', 'warm'] as const;

interface Contestant {
  name: string;
  /** @param like what the product did for an order. */
  open: (like: Work) => Promise<Program>;
}

const PRODUCT = 'product';
const BARE = 'bare pipeline';
const COMPARISONS: readonly Contestant[] = [
  {
    name: 'product, handlers in the worker',
    open: () => openProduct({ HANDLER_ISOLATION: 'none' }),
  },
  { name: BARE, open: openBare },
];

export const throughput: Measure = {
  name: 'throughput',
  title: 'Orders a second through all apps',
  how:
    'A handler that costs nothing, no rate limits, one process of each app. Orders are placed before, and the queues are empty then. ' +
    'Measured from the first payment to the last message. Cold: the first 800 orders after the start of the processes. Warm: 800 more. ' +
    'The bare pipeline has as many processes, makes the same calls to the marketplace, adds as many jobs, and keeps no records. ' +
    'Processor time is that of all its processes and of Redis, by the accounts of the system. Redis counts the commands, those in scripts ' +
    'included. Processor time, commands, scripts and jobs count from the first payment until the queues are empty again. Handlers run in ' +
    'child processes, except for the figures that say otherwise.',
  figures: [
    ...PHASES.flatMap((phase) => [
      ...figuresOf(PRODUCT, phase, phase === 'cold' ? { processor: atMost(11), scripts: atMost(20) } : {}),
      ...COMPARISONS.flatMap(({ name }) => figuresOf(name, phase)),
      {
        what: `product against the bare pipeline, ${phase}`,
        unit: '',
        ...(phase === 'cold' ? { target: atLeast(0.65) } : {}),
      },
    ]),
  ],
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
      log(`${name}: ${passages.cold.reads} reads, and ${passages.cold.jobs} jobs an order`);
      Object.assign(values, valuesOf(name, passages));
    }
    for (const phase of PHASES)
      values[`product against the bare pipeline, ${phase}`] =
        (values[`${PRODUCT}, ${phase}`] ?? Number.NaN) / (values[`${BARE}, ${phase}`] ?? Number.NaN);
    return values;
  },
};

type Phase = (typeof PHASES)[number];
type Target = Figure['target'];

/** The figures of a program, which `valuesOf` fills. */
function figuresOf(
  name: string,
  phase: Phase,
  { processor, scripts }: { processor?: Target; scripts?: Target } = {},
): Figure[] {
  return [
    { what: `${name}, ${phase}`, unit: 'orders/s' },
    {
      what: `${name}, ${phase}: processor time`,
      unit: 'ms an order',
      ...(processor ? { target: processor } : {}),
    },
    { what: `${name}, ${phase}: Redis commands`, unit: 'an order' },
    {
      what: `${name}, ${phase}: Redis scripts`,
      unit: 'an order',
      ...(scripts ? { target: scripts } : {}),
    },
    { what: `${name}, ${phase}: jobs`, unit: 'an order' },
  ];
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
