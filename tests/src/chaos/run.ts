import { readdir, readFile } from 'node:fs/promises';
import { signalGroup } from '@fulfillment/processes/groups';
import { buy, offer, type Placed } from './buyers.ts';
import { disturb } from './disturbances/disturber.ts';
import { MARKER } from './disturbances/forgeries.ts';
import type { Strikes } from './disturbances/strikes.ts';
import { type Fleet, startFleet } from './fleet/fleet.ts';
import { collect, comeToRest, hurry, type Played } from './judge/collect.ts';
import { judge } from './judge/judge.ts';
import type { Verdict } from './judge/judge-order.ts';
import { LogWatch, secretsOf } from './judge/places.ts';
import { type Totals, totalsOf } from './judge/totals.ts';
import { luckOf } from './luck.ts';
import { deliverByHand, releaseRevision, writeToBuyer } from './operator.ts';
import type { LedgerKind } from './options.ts';
import { plansOf } from './plans.ts';

/** For every ten orders, their starts spread over this time, in ms. */
const SPREAD_MS = 3000;
const PROGRESS_MS = 10_000;
/** The longest time for the remaining orders to come to rest. */
const REST_MS = 60_000;
/** The last few orders come to rest in calm weather: chaos without end proves nothing. */
const CALM_FROM = 0.2;
/**
 * A run is not disturbed for longer than this, once each disturbance has struck: orders that never
 * come to rest prove nothing.
 */
const DISTURBED_MS = 20_000;
const DISTURBED_MS_EACH = 350;

export interface RunOptions {
  orders: number;
  seed: number;
  minutes: number;
  ledger: LedgerKind;
  log: (line: string) => void;
}

export interface RunResult {
  verdicts: Verdict[];
  totals: Totals;
  /** The lines that the processes printed about an order, by process. */
  linesAbout(orderId: string): string[];
}

/** One run: starts its own fleet, disturbs it, judges the evidence, and stops the fleet. */
export async function run({ orders, seed, minutes, ledger, log }: RunOptions): Promise<RunResult> {
  const logs = new LogWatch();
  const fleet = await startFleet({ seed, ledger, log, onLine: (member, line) => logs.line(member, line) });
  let result: Omit<RunResult, 'linesAbout'>;
  try {
    logs.needles = [...secretsOf(fleet.market.webhookSecrets), { what: 'forged text', text: MARKER }];
    await badWeather(fleet);
    const played = await play(fleet, { count: orders, seed, limitMs: minutes * 60_000 }, log);
    const evidence = await collect(fleet, played, logs);
    result = { verdicts: judge(evidence), totals: totalsOf(evidence) };
  } finally {
    await fleet.close();
  }
  const left = await processesLeft(fleet);
  result.verdicts.push({ promise: 'no process is left', broken: left.map((pid) => `process ${pid}`) });
  return { ...result, linesAbout: (orderId) => linesAbout(fleet, orderId) };
}

/** The marketplace loses, repeats and reorders webhooks. The agent called silent receives none. */
async function badWeather({ market: { sandbox, agentIds } }: Fleet): Promise<void> {
  await sandbox.put('/sandbox/webhooks', { loss: 0.2, repeat: 1.2, reorder_ms: 500 });
  await sandbox.put('/sandbox/webhooks', { agent_id: agentIds.silent, enabled: false });
}

/**
 * Buyers buy while the fleet is disturbed. Then the weather clears, and everything may come to
 * rest.
 */
async function play(
  fleet: Fleet,
  { count, seed, limitMs }: { count: number; seed: number; limitMs: number },
  log: (line: string) => void,
): Promise<Played> {
  const { sandbox } = fleet.market;
  const luck = luckOf(seed);
  const end = performance.now() + limitMs;
  const [calm, over, timeIsUp] = [new AbortController(), new AbortController(), new AbortController()];
  const giveUp = setTimeout(() => timeIsUp.abort(new Error('time is up')), limitMs);
  const offers = await offer(fleet.market);
  const placed: Placed[] = [];
  const strikes: Strikes = {
    freezes: [],
    forgeries: [],
    replays: 0,
    rejectedClaims: 0,
    rollingRestarts: 0,
    ledgerTroubles: 0,
    pagedLists: 0,
    pauses: 0,
    stops: 0,
  };
  const plans = plansOf(luck, count, (count / 10) * SPREAD_MS);
  const admins = fleet.members.flatMap(({ app, url }) => (app === 'admin' ? [url] : []));
  let open = plans.length;
  const buying = plans.map((plan) =>
    buy({
      sandbox,
      offers,
      plan,
      stop: timeIsUp.signal,
      onPlaced: (one) => placed.push(one),
      writeToBuyer: (order, content) => writeToBuyer({ admins, stop: timeIsUp.signal }, order, content),
      deliverByHand: (order, body) => deliverByHand({ admins, stop: timeIsUp.signal }, order, body),
      release: (order) => releaseRevision({ admins, stop: timeIsUp.signal }, order),
      agentIds: fleet.market.agentIds,
    }).finally(() => {
      open -= 1;
      if (open <= plans.length * CALM_FROM) calm.abort();
    }),
  );
  const progress = setInterval(() => log(`  ${count - open} of ${count} buyers are done`), PROGRESS_MS);
  const enough = setTimeout(() => calm.abort(), DISTURBED_MS + DISTURBED_MS_EACH * count);
  const disturbing = disturb({ fleet, placed, strikes }, luck.fork('disturber'), {
    calm: calm.signal,
    over: AbortSignal.any([over.signal, timeIsUp.signal]),
  }).then(async () => {
    await sandbox.delete('/sandbox/faults');
    await hurry(fleet);
  });
  const results = await Promise.allSettled(buying);
  over.abort();
  clearTimeout(enough);
  await disturbing;
  await comeToRest(fleet, placed, Math.max(0, Math.min(REST_MS, end - performance.now())));
  clearInterval(progress);
  clearTimeout(giveUp);
  const problems = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
  return { placed, strikes, problems };
}

function linesAbout({ members }: Fleet, orderId: string): string[] {
  return members.flatMap((member) =>
    member
      .output()
      .split('\n')
      .filter((line) => line.includes(orderId))
      .map((line) => `${member.name}: ${line}`),
  );
}

/** The processes of the fleet, and their children, that still run. */
async function processesLeft({ mark, pids }: Fleet): Promise<number[]> {
  if (process.platform !== 'linux') return pids().filter((pid) => signalGroup(pid, 0) === 'sent');
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const marked = await Promise.all(
    all.map(async (pid) => ((await environmentOf(pid)).includes(mark) ? [pid] : [])),
  );
  return marked.flat();
}

/** The process's environment: empty for a process that is gone, or not ours. */
function environmentOf(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
}
