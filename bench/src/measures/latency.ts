import { AGENTS } from '@fulfillment/tests/harness/agents';
import { atMost, type Figure, type Measure, quantile, type Values } from '../measure.ts';
import { atPace, payOrder, placeOrders, since, untilCalled } from '../orders.ts';
import { workDone } from '../passage.ts';
import { openBare } from '../programs/bare.ts';
import { openDurable } from '../programs/durable.ts';
import { openProduct } from '../programs/product.ts';
import type { Program, Work } from '../programs/program.ts';
import { openStage, type Stage } from '../stage.ts';

/** Slow enough that an order has its message before the next order is paid. */
const PER_SECOND = 5;

/** The orders of a run, in this order. Those between the first and the last do not count. */
interface Plan {
  cold: number;
  between: number;
  warm: number;
}

const PHASES = ['cold', 'warm'] as const;
type Phase = (typeof PHASES)[number];
/** The times of a phase's orders, in ms. */
type Times = Record<Phase, number[]>;

const PRODUCT = 'product';
const CALLS = 'the calls alone';
const COMPARISONS: readonly { name: string; open: (like: Work) => Promise<Program> }[] = [
  { name: 'product, handlers in the worker', open: () => openProduct({ HANDLER_ISOLATION: 'none' }) },
  { name: 'bare pipeline', open: openBare },
  { name: 'durable peer', open: (like) => openDurable(like, { commit: 'on', layout: 'one process' }) },
];

export const latency: Measure = {
  name: 'latency',
  title: 'Paid to message, without load',
  how:
    `${PER_SECOND} orders a second are paid, so that an order is alone in the system. Measured from the marketplace's status to the arrival ` +
    "of the message at the marketplace. The programs are those of the orders a second. The calls alone are the product's calls for an " +
    'order, one after another, with nothing between them. Cold: the first 20 orders after the start. Warm: 50 orders after 150.',
  figures: PHASES.flatMap((phase): Figure[] => [
    { what: `${CALLS}, ${phase}, p50`, unit: 'ms' },
    { what: `${PRODUCT}, ${phase}, p50`, unit: 'ms' },
    {
      what: `${PRODUCT} against its calls, ${phase}`,
      unit: '',
      ...(phase === 'warm' ? { target: atMost(3.5) } : {}),
    },
    { what: `${PRODUCT}, ${phase}, p90`, unit: 'ms' },
    ...COMPARISONS.map(({ name }) => ({ what: `${name}, ${phase}, p50`, unit: 'ms' })),
  ]),
  runs: 3,
  async run({ quick, log }) {
    const plan = quick ? { cold: 10, between: 10, warm: 10 } : { cold: 20, between: 130, warm: 50 };
    const values: Values = {};
    const { work, times } = await alone(openProduct(), plan);
    log(`product: ${work.reads} reads of the order and ${work.threads} of the thread`);
    const calls = await callAlone(plan, work);
    for (const phase of PHASES) {
      values[`${PRODUCT}, ${phase}, p50`] = quantile(times[phase], 0.5);
      values[`${PRODUCT}, ${phase}, p90`] = quantile(times[phase], 0.9);
      values[`${CALLS}, ${phase}, p50`] = quantile(calls[phase], 0.5);
      values[`${PRODUCT} against its calls, ${phase}`] =
        quantile(times[phase], 0.5) / quantile(calls[phase], 0.5);
    }
    for (const { name, open } of COMPARISONS) {
      const { times: found } = await alone(open(work), plan);
      for (const phase of PHASES) values[`${name}, ${phase}, p50`] = quantile(found[phase], 0.5);
    }
    return values;
  },
};

/** Pays orders one after another. @returns their times, and the program's work for an order. */
async function alone(opening: Promise<Program>, plan: Plan): Promise<{ work: Work; times: Times }> {
  await using program = await opening;
  const { stage } = program;
  const count = plan.cold + plan.between + plan.warm;
  const ids = await placeOrders(stage, count);
  await program.untilIdle(count);
  const before = await workDone(program);
  await atPace(ids, PER_SECOND, (id) => payOrder(stage, id));
  const messages = await untilCalled(stage, 'orders.sendMessage', count);
  await program.untilIdle(count);
  const after = await workDone(program);
  const sent = new Map(messages.map(({ order_id, at }) => [order_id, at]));
  const paid = await since(stage, 'paid');
  const timeOf = (id: string) => (sent.get(id) ?? Number.NaN) - (paid.get(id) ?? Number.NaN);
  const anOrder = (what: keyof Work) => Math.round((after[what] - before[what]) / count);
  return {
    work: { reads: anOrder('reads'), threads: anOrder('threads'), jobs: anOrder('jobs') },
    times: byPhase(ids.map(timeOf), plan),
  };
}

/** The times of a program that only makes the product's calls. */
async function callAlone(plan: Plan, work: Work): Promise<Times> {
  await using stage = await openStage();
  const ids = await placeOrders(stage, plan.cold + plan.between + plan.warm);
  const times: number[] = [];
  await atPace(ids, PER_SECOND, async (id) => {
    await payOrder(stage, id);
    const begun = performance.now();
    await makeCalls(stage, id, work);
    times.push(performance.now() - begun);
  });
  return byPhase(times, plan);
}

async function makeCalls({ market }: Stage, id: string, { reads, threads }: Work): Promise<void> {
  const call = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${market.url}/api/orders/${id}${path}`, {
      method,
      headers: { authorization: `Bearer ${AGENTS[0].apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path} of an order: ${answer.status} ${await answer.text()}`);
    await answer.json();
  };
  for (let read = 0; read < reads; read += 1) await call('GET', '');
  await call('POST', '/deliver', {
    deliverable_url: `https://files.example/${id}/result.txt`,
    deliverable_media_type: 'text',
  });
  for (let read = 0; read < threads; read += 1) await call('GET', '/messages');
  await call('POST', '/messages', { content: 'Your order is delivered.' });
}

function byPhase(times: readonly number[], { cold, between }: Plan): Times {
  return { cold: times.slice(0, cold), warm: times.slice(cold + between) };
}
