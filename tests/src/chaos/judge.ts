import { waitFor } from '@fulfillment/devtools';
import { factsOf, QUEUE_NAMES } from '@fulfillment/shared';
import { AGENTS } from '../harness/agents.ts';
import type { SandboxOrder } from '../harness/sandbox.ts';
import type { Fleet } from './fleet.ts';

/** The longest that a job of the last sweep may take to go. */
const EMPTY_WITHIN_MS = 10_000;

/** One promise, and the orders or places that broke it. */
export interface Verdict {
  promise: string;
  broken: string[];
}

/** Whether an order has come to rest: nothing more is owed by us. */
export function isAtRest({ order }: SandboxOrder): boolean {
  return ['delivered', 'completed', 'cancelled', 'disputed', 'quoted'].includes(order.status);
}

/** Compares what the marketplace saw with what was promised. */
export async function judge(fleet: Fleet, orderIds: readonly string[]): Promise<Verdict[]> {
  const { market, view } = fleet;
  const orders = await Promise.all(orderIds.map((id) => market.sandbox.order(id)));
  const waiting = await view.store.list('attention', 0, orderIds.length + 10);
  const each = (promise: string, broken: (order: SandboxOrder) => string | false): Verdict => ({
    promise,
    broken: orders.flatMap((order) => {
      const problem = broken(order);
      return problem === false ? [] : [`${order.order.id}: ${problem}`];
    }),
  });
  return [
    each(
      'every order that was paid for is delivered in every round it owes',
      (order) => !isAtRest(order) && order.order.status,
    ),
    each('never delivered twice in a round, and never after a cancellation', (order) =>
      twiceDelivered(order),
    ),
    each('no message sent twice', (order) => twiceWritten(order)),
    {
      promise: 'nothing in attention but disputes, and each with a reason',
      broken: waiting.flatMap(({ orderId, attention }) =>
        attention.length > 0 &&
        attention.every(({ key, reason }) => key.startsWith('disputed:') && reason.length > 20)
          ? []
          : [`${orderId}: ${attention.map(({ reason }) => reason).join('; ') || 'no reason'}`],
      ),
    },
    { promise: 'our records agree with the marketplace', broken: await disagreements(fleet, orders) },
    { promise: 'no forged order is known', broken: await forged(fleet) },
    { promise: 'queues are empty', broken: await jobsLeft(fleet) },
    { promise: 'no key in Redis, logs or pages', broken: await keysFound(fleet) },
  ];
}

/** Each delivery by us must answer a state that waited for one. */
function twiceDelivered({ states }: SandboxOrder): string | false {
  const story = states.map(({ status }) => status);
  const wrong = story.findIndex(
    (status, index) =>
      status === 'delivered' &&
      !['paid', 'in_progress', 'revision_requested'].includes(story[index - 1] ?? ''),
  );
  return wrong >= 0 && story.join(' → ');
}

function twiceWritten({ messages }: SandboxOrder): string | false {
  const ours = messages
    .filter((message) => message.sender_type === 'agent')
    .map((message) => message.content);
  const twice = ours.find((content, index) => ours.indexOf(content) !== index);
  return twice !== undefined && `"${twice.slice(0, 60)}"`;
}

/** An order that its record shows in another status, or delivered more or less often, than the marketplace does. */
async function disagreements({ view }: Fleet, orders: readonly SandboxOrder[]): Promise<string[]> {
  const all = await view.store.list('all', 0, 100_000);
  const known = new Map(all.map((summary) => [summary.orderId, summary]));
  const problems = orders.map(async ({ order, states }) => {
    const summary = known.get(order.id);
    const record = summary && (await view.store.load(summary));
    // One that was cancelled before we could hear of it needs nothing.
    if (!record) return order.status === 'cancelled' ? [] : [`${order.id}: we have no record`];
    const theirs = states.filter(({ status }) => status === 'delivered').length;
    const ours = factsOf(record, 'delivered').length;
    return theirs === ours ? [] : [`${order.id}: delivered ${theirs} times, recorded ${ours} times`];
  });
  return (await Promise.all(problems)).flat();
}

async function forged({ view }: Fleet): Promise<string[]> {
  const all = await view.store.list('all', 0, 100_000);
  return all.filter(({ orderId }) => orderId === 'ord_forged').map(({ orderId }) => orderId);
}

/** Jobs that stay. The sweep looks at unfinished orders again and again: its pokes come, and must go. */
async function jobsLeft(fleet: Fleet): Promise<string[]> {
  let left: string[] = [];
  const isEmpty = async () => {
    left = await jobsNow(fleet);
    return left.length === 0;
  };
  await waitFor('the queues to be empty', isEmpty, { timeoutMs: EMPTY_WITHIN_MS }).catch((error: unknown) => {
    if (left.length === 0) throw error;
  });
  return left;
}

async function jobsNow({ view }: Fleet): Promise<string[]> {
  const left: string[] = [];
  for (const name of QUEUE_NAMES) {
    // The schedulers of polls and sweeps always have a next job.
    if (name === 'intake') continue;
    const jobs = await view.queues.get(name).getJobs(['wait', 'active', 'delayed', 'prioritized']);
    left.push(...jobs.map((job) => `${name}: ${job?.name} ${job?.id}`));
  }
  return left;
}

async function keysFound({ view, members, adminUrl }: Fleet): Promise<string[]> {
  const pages = await Promise.all(
    ['/', '/metrics', '/queues'].map(async (page) => (await fetch(`${adminUrl}${page}`)).text()),
  );
  const places: [string, string][] = [
    ['Redis', await view.everything()],
    ['pages', pages.join('\n')],
    ...members.map(({ name, output }): [string, string] => [`log of ${name}`, output()]),
  ];
  return places.flatMap(([place, text]) =>
    AGENTS.filter(({ apiKey }) => text.includes(apiKey)).map(({ name }) => `the key of ${name} in ${place}`),
  );
}
