import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@fulfillment/processes';
import type { HistoryCall } from '../../harness/sandbox.ts';
import type { Placed } from '../buyers.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { DELIVER_EFFECT_SECONDS, MARKETPLACE_TIMEOUT_SECONDS } from '../fleet/fleet-settings.ts';
import { REDIS_FAULTS } from '../fleet/redis-faults.ts';
import type { Member } from '../fleet/supervisor.ts';
import { DENIALS, isDenied, isStruckBy, WITH_EFFECT } from '../judge/struck.ts';
import type { Luck } from '../luck.ts';
import { pauseWork, stopGeneration } from './desk.ts';
import { forge, replay, WAYS } from './forgeries.ts';
import { overtake } from './overtake.ts';
import { pageLists } from './paged-lists.ts';
import { rejectClaim } from './rejected-claim.ts';
import { restartInTurn } from './rolling-restart.ts';
import type { Strikes } from './strikes.ts';

/** The disturbances of the fleet. */
export const DISTURBANCES = [
  'SIGKILL',
  'SIGTERM',
  'SIGSTOP',
  'delivery overtaken',
  'redis killed',
  ...REDIS_FAULTS,
  'redis emptied',
  'ledger away',
  'rolling restart',
  'latency',
  'status 503',
  'read 404',
  'deliver 403',
  'html 502',
  'reset',
  'stale read',
  'paged lists',
  'answer lost',
  'no answer',
  'late effect',
  'refused 429',
  'forged webhook',
  'replayed webhook',
  'rejected claim',
  'work paused',
  'generation stopped',
] as const;
export type Disturbance = (typeof DISTURBANCES)[number];

export interface Scene {
  fleet: Fleet;
  placed: readonly Placed[];
  strikes: Strikes;
}

const WRITES = ['orders.deliver', 'orders.quote', 'orders.sendMessage'];
const READS = ['orders.get', 'orders.listForAgent', 'orders.getMessages'];
const CALLS = [...WRITES, ...WRITES, ...READS];

/** With these limits, the marketplace rate-limits the address almost at once. */
const FEW_CALLS = { poll: 2, deliver: 2, message: 4, upload: 2 };
const REFUSALS_MS = 4000;
/**
 * An outstanding fault meets its call within this time. Otherwise the disturber sets the fault
 * again.
 */
const STRIKES_WITHIN_MS = 5000;
const LOOK_MS = 500;
const FEW_ORDERS = 5;

/**
 * Runs one disturbance on the fleet.
 * @param isOwed whether it was not done yet. It then strikes the frequent calls, so that it takes
 * effect at once, and is done only after a strike.
 * @returns whether the disturbance was possible: it may have had no target yet.
 */
export async function carryOut(
  scene: Scene,
  { what, isOwed }: { what: Disturbance; isOwed: boolean },
  luck: Luck,
): Promise<boolean> {
  const { fleet, strikes } = scene;
  const { sandbox } = fleet.market;
  const fault = async (
    kind: string,
    busiest: string,
    { calls, ...more }: { calls: readonly string[]; [field: string]: unknown },
  ) => {
    const set = (endpoint: string) =>
      sandbox.post('/sandbox/faults', { endpoint, kind, times: luck.between(1, 2), ...more });
    if (!isOwed) {
      await set(luck.pick(calls));
      return true;
    }
    await set(busiest);
    if (await hasStruck(scene, kind)) return true;
    // There may be nothing left to deliver. Polls never end.
    if (WITH_EFFECT.includes(kind)) return false;
    await set('*');
    return hasStruck(scene, kind);
  };
  switch (what) {
    case 'SIGKILL':
    case 'SIGTERM':
      return luck.pick(fleet.members).signal(what);
    case 'SIGSTOP':
      return frozen(scene, luck.pick(fleet.members), luck.between(500, 9000));
    case 'delivery overtaken': {
      const freeze = await overtake(fleet, luck);
      if (freeze !== null) strikes.freezes.push(freeze);
      return freeze !== null && freeze.overtaken > 0;
    }
    case 'redis killed':
      await fleet.killRedis(luck.between(200, 2000));
      return true;
    case 'redis out of memory':
    case 'redis read-only':
    case 'redis mute in handshakes':
      await fleet.misbehaveRedis(what, luck.between(500, 3000));
      return true;
    case 'redis emptied':
      // Before there are orders, nothing is lost.
      if (scene.placed.length < FEW_ORDERS) return false;
      await fleet.emptyRedis();
      return true;
    case 'ledger away': {
      const isAway = await fleet.ledger.awayFor(luck.between(500, 3000));
      if (isAway) strikes.ledgerTroubles += 1;
      return isAway;
    }
    case 'rolling restart': {
      const isWhole = await restartInTurn(fleet.members.filter(({ app }) => app === 'generation-worker'));
      if (isWhole) strikes.rollingRestarts += 1;
      return isWhole;
    }
    case 'rejected claim': {
      const status = await rejectClaim(fleet, scene.placed, luck);
      const isTaken = status !== null && status >= 200 && status < 300;
      if (isTaken) strikes.rejectedClaims += 1;
      return isTaken;
    }
    case 'work paused': {
      const isPaused = await pauseWork(fleet, luck);
      if (isPaused) strikes.pauses += 1;
      return isPaused;
    }
    case 'generation stopped': {
      const isStopped = await stopGeneration(fleet, luck);
      if (isStopped) strikes.stops += 1;
      return isStopped;
    }
    case 'latency':
      return fault('latency', 'orders.deliver', { calls: CALLS, latency_ms: luck.between(100, 2500) });
    case 'status 503':
      return fault('status', 'orders.deliver', { calls: CALLS, status: 503 });
    case 'read 404':
    case 'deliver 403': {
      const denial = DENIALS[what];
      await sandbox.post('/sandbox/faults', { kind: 'status', ...denial, times: luck.between(1, 4) });
      return !isOwed || hasMet(scene, isDenied(denial));
    }
    case 'html 502':
      return fault('html', 'orders.get', { calls: CALLS });
    case 'reset':
      return fault('reset', 'orders.deliver', { calls: CALLS });
    case 'stale read':
      return fault('stale', 'orders.get', { calls: READS });
    case 'paged lists':
      return pageLists(scene, luck.between(2000, 5000));
    case 'answer lost':
      return fault('lost', 'orders.deliver', { calls: WRITES, times: 1 });
    case 'no answer':
      return fault('hang', 'orders.deliver', { calls: CALLS, times: 1 });
    case 'late effect':
      return fault('late', 'orders.deliver', {
        calls: ['orders.deliver'],
        latency_ms: luck.between(
          MARKETPLACE_TIMEOUT_SECONDS * 1000 + 500,
          DELIVER_EFFECT_SECONDS * 1000 - 500,
        ),
        times: 1,
      });
    case 'refused 429':
      await sandbox.put('/sandbox/rate-limit', {
        mode: 'shared',
        window_ms: luck.between(1500, 4000),
        ceilings: FEW_CALLS,
      });
      await delay(REFUSALS_MS);
      await sandbox.put('/sandbox/rate-limit', { mode: 'off' });
      return wasCalled(scene, ({ status }) => status === 429);
    case 'forged webhook': {
      const way = WAYS[strikes.forgeries.length % WAYS.length] ?? 'no signature';
      const forgery = await forge(fleet, { way, placed: scene.placed }, luck);
      if (forgery !== null) strikes.forgeries.push(forgery);
      const refused = strikes.forgeries.filter(({ status }) => status === 401);
      return WAYS.every((one) => refused.some((other) => other.way === one));
    }
    case 'replayed webhook': {
      const status = await replay(fleet, luck);
      const isTaken = status !== null && status >= 200 && status < 300;
      if (isTaken) strikes.replays += 1;
      return isTaken;
    }
  }
}

/** Whether a fault of this kind has struck, or strikes soon. */
async function hasStruck(scene: Scene, kind: string): Promise<boolean> {
  return hasMet(scene, isStruckBy(kind));
}

/** Whether such a call has happened, or happens soon. */
async function hasMet(scene: Scene, isSuch: (call: HistoryCall) => boolean): Promise<boolean> {
  return waitFor('a call', () => wasCalled(scene, isSuch), {
    timeoutMs: STRIKES_WITHIN_MS,
    intervalMs: LOOK_MS,
  }).catch(() => false);
}

async function wasCalled(
  { fleet: { market } }: Scene,
  isSuch: (call: HistoryCall) => boolean,
): Promise<boolean> {
  const { calls } = await market.sandbox.get<{ calls: HistoryCall[] }>('/sandbox/history');
  return calls.some(isSuch);
}

async function frozen({ strikes }: Scene, member: Member, ms: number): Promise<boolean> {
  const goOn = member.hold();
  if (goOn === null) return false;
  await delay(ms);
  const freeze = await goOn();
  if (freeze !== null) strikes.freezes.push(freeze);
  return freeze !== null;
}
