/** Passes a batch of orders through a program, from the first payment to the last message. */
import { callsOf, payAll, placeOrders, since, untilCalled, untilDelivered } from './orders.ts';
import type { Program, Work } from './programs/program.ts';
import { type Usage, usageOf } from './usage.ts';

/** The rate, and what each order took. */
export interface Passage extends Work, Usage {
  perSecond: number;
}

/**
 * Places orders, waits until the program is idle, and pays the orders.
 * @param earlier the number of orders that the program has fulfilled before.
 */
export async function passOrders(program: Program, count: number, earlier: number): Promise<Passage> {
  const { stage } = program;
  const orders = earlier + count;
  const ids = await placeOrders(stage, count);
  await program.untilIdle(orders);
  const before = await totals(program);
  await payAll(stage, ids);
  await untilDelivered(stage, orders);
  await untilCalled(stage, 'orders.sendMessage', orders);
  await program.untilIdle(orders);
  const after = await totals(program);
  const anOrder = (what: keyof Totals) => (after[what] - before[what]) / count;
  return {
    perSecond: count / (await duration(program, new Set(ids))),
    reads: anOrder('reads'),
    threads: anOrder('threads'),
    jobs: anOrder('jobs'),
    processorMs: anOrder('processorMs'),
    commands: anOrder('commands'),
    scripts: anOrder('scripts'),
  };
}

type Totals = Work & Usage;

async function totals(program: Program): Promise<Totals> {
  return { ...(await workDone(program)), ...(await usageOf(program.stage, program.databasePids)) };
}

/** The work of all orders so far. */
export async function workDone({ stage, jobs }: Program): Promise<Work> {
  return {
    reads: (await callsOf(stage, 'orders.get')).length,
    threads: (await callsOf(stage, 'orders.getMessages')).length,
    jobs: await jobs(),
  };
}

/** The time from the first payment to the last message of these orders, in seconds. */
async function duration({ stage }: Program, ids: ReadonlySet<string>): Promise<number> {
  const calls = await callsOf(stage, 'orders.sendMessage');
  const messages = calls.filter(({ order_id }) => order_id !== null && ids.has(order_id));
  const paid = [...(await since(stage, 'paid'))].filter(([id]) => ids.has(id));
  return (Math.max(...messages.map(({ at }) => at)) - Math.min(...paid.map(([, at]) => at))) / 1000;
}
