/** `pnpm chaos`: the whole product under crashes, outages and lost answers; then what the marketplace saw is judged. */
import { parseArgs } from 'node:util';
import { waitFor } from '@fulfillment/devtools';
import { buy, type Offers, offer, type Plan, planOf } from './buyers.ts';
import { disturb } from './disturber.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { isAtRest, judge, type Verdict } from './judge.ts';
import { luckOf } from './luck.ts';

const HELP = `pnpm chaos [--orders 60] [--seed 1] [--minutes 10]

Runs the apps as processes (two of each worker, two ingestors), a Redis with its file, and the sandbox marketplace. Buyers place
orders of every kind, revise, dispute, write and cancel, while processes are killed, stopped and frozen, Redis is killed, calls
fail in every way, and webhooks are lost, repeated, reordered and forged. At the end the marketplace's history is compared with
what was promised.

  --orders    how many orders (60)
  --seed      fixes the buyers' plans and the order of the disturbances (random); timing differs from run to run
  --minutes   give up after this (10)
  --help      print this

Exits with 1 when a promise was broken.`;

/** Orders begin within this much time for each ten of them, in ms. */
const SPREAD_MS = 3000;
const LOOK_MS = 500;

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    minutes: { type: 'string', default: '10' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) console.log(HELP);
else process.exitCode = await chaos(Number(values.orders), Number(values.seed), Number(values.minutes));

/** @returns the exit status. */
async function chaos(count: number, seed: number, minutes: number): Promise<number> {
  if (!(count > 0 && minutes > 0 && Number.isInteger(seed))) {
    console.error('--orders and --minutes take a number above 0, --seed a whole number.');
    return 2;
  }
  console.log(`Chaos with seed ${seed}: ${count} orders. Starting the fleet …`);
  const fleet = await startFleet(seed, (line) => console.log(line));
  const verdicts: Verdict[] = [];
  let told = '';
  try {
    const luck = luckOf(seed);
    const offers = await offer(fleet.market);
    await badWeather(fleet);
    const spreadMs = (count / 10) * SPREAD_MS;
    const plans = Array.from({ length: count }, (_, index) => planOf(luck.fork(`buyer ${index}`), spreadMs));
    const { orderIds, disturbances, problems } = await play(
      fleet,
      offers,
      plans,
      luck.fork('disturber'),
      minutes * 60_000,
    );
    verdicts.push({ promise: 'every buyer came to an end', broken: problems });
    verdicts.push(...(await judge(fleet, orderIds)));
    told = summary(seed, plans, { ...disturbances, ...(await webhookCounts(fleet)) });
  } finally {
    await fleet.close();
  }
  verdicts.push({ promise: 'no process is left', broken: fleet.left().map((pid) => `process ${pid}`) });
  console.log(told);
  return report(fleet, verdicts);
}

/** Webhooks are lost, repeated and reordered; the agent called silent hears none. */
async function badWeather({ market: { sandbox, agentIds } }: Fleet): Promise<void> {
  await sandbox.put('/sandbox/webhooks', { loss: 0.2, repeat: 1.2, reorder_ms: 500 });
  await sandbox.put('/sandbox/webhooks', { agent_id: agentIds.silent, enabled: false });
}

interface Played {
  orderIds: string[];
  disturbances: Record<string, number>;
  problems: string[];
}

/** Buyers buy while the fleet is disturbed; then the weather clears, and everything may come to rest. */
async function play(
  fleet: Fleet,
  offers: Offers,
  plans: readonly Plan[],
  luck: ReturnType<typeof luckOf>,
  limitMs: number,
): Promise<Played> {
  const { sandbox } = fleet.market;
  const calm = new AbortController();
  const end = new AbortController();
  const giveUp = setTimeout(() => end.abort(), limitMs);
  const disturbing = disturb(fleet, luck, calm.signal);
  let open = plans.length;
  const buying = plans.map((plan) =>
    buy(sandbox, offers, plan, end.signal).finally(() => {
      open -= 1;
      // The last few orders are let come to rest in calm weather: chaos without end proves nothing.
      if (open <= plans.length * 0.2) calm.abort();
    }),
  );
  const progress = setInterval(
    () => console.log(`  ${plans.length - open} of ${plans.length} buyers are done`),
    10_000,
  );
  const results = await Promise.allSettled(buying);
  calm.abort();
  const disturbances = await disturbing;
  await sandbox.delete('/sandbox/faults');
  const orderIds = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  await atRest(fleet, orderIds, limitMs).catch(() => undefined);
  clearInterval(progress);
  clearTimeout(giveUp);
  const problems = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
  return { orderIds, disturbances, problems: end.signal.aborted ? [...problems, 'time is up'] : problems };
}

/** Until every order is at rest on the marketplace and no job waits. */
async function atRest({ market, view }: Fleet, orderIds: readonly string[], limitMs: number): Promise<void> {
  await waitFor(
    'everything to come to rest',
    async () => {
      const orders = await Promise.all(orderIds.map((id) => market.sandbox.order(id)));
      const counts = await Promise.all(
        (['orders', 'generation', 'delivery', 'messages'] as const).map((name) =>
          view.queues.get(name).getJobCountByTypes('wait', 'active', 'delayed', 'prioritized'),
        ),
      );
      return orders.every(isAtRest) && counts.every((count) => count === 0);
    },
    { timeoutMs: Math.min(limitMs, 120_000), intervalMs: LOOK_MS },
  );
}

/** How many webhooks the weather took, and how many were sent. */
async function webhookCounts({ market }: Fleet): Promise<Record<string, number>> {
  const { webhooks } = await market.sandbox.get<{ webhooks: { lost: boolean }[] }>('/sandbox/history');
  const lost = webhooks.filter((webhook) => webhook.lost).length;
  return { 'webhook lost': lost, 'webhook sent': webhooks.length - lost };
}

function summary(seed: number, plans: readonly Plan[], disturbances: Record<string, number>): string {
  const count = (which: (plan: Plan) => boolean) => plans.filter(which).length;
  const revisions = plans.reduce((total, plan) => total + plan.revisions, 0);
  return [
    '',
    `Seed ${seed}. ${plans.length} orders: ${tally(plans.map((plan) => plan.kind))}.`,
    `Buyers: ${revisions} revisions, ${count(({ cancels }) => cancels)} cancellations, ${count(({ ends, cancels }) => ends === 'disputes' && !cancels)} disputes, ${count(({ messages }) => messages)} messages.`,
    `Disturbances: ${Object.entries(disturbances)
      .map(([what, times]) => `${what} ${times}`)
      .join(', ')}.`,
    '',
  ].join('\n');
}

/** @returns the exit status. */
function report(fleet: Fleet, verdicts: readonly Verdict[]): number {
  const broken = verdicts.filter((verdict) => verdict.broken.length > 0);
  for (const { promise, broken: cases } of verdicts) {
    console.log(`${cases.length === 0 ? 'kept  ' : 'BROKEN'}  ${promise}`);
    for (const line of cases.slice(0, 20)) console.log(`          ${line}`);
  }
  if (broken.length > 0) printLogs(fleet, broken);
  console.log(`\n${verdicts.length - broken.length} passed, ${broken.length} failed`);
  return broken.length === 0 ? 0 : 1;
}

/** What the processes printed about the first order of each broken promise. */
function printLogs({ members }: Fleet, broken: readonly Verdict[]): void {
  const ids = broken.flatMap(({ broken: cases }) => /ord_\w+/.exec(cases[0] ?? '')?.[0] ?? []);
  for (const id of new Set(ids)) {
    console.log(`\nWhat the processes printed about ${id}:`);
    for (const member of members) {
      for (const line of member
        .output()
        .split('\n')
        .filter((text) => text.includes(id)))
        console.log(`${member.name}: ${line}`);
    }
  }
}

function tally(words: readonly string[]): string {
  const counts = Map.groupBy(words, (word) => word);
  return [...counts].map(([word, all]) => `${word} ${all.length}`).join(', ');
}
