import { setTimeout as delay } from 'node:timers/promises';
import { REDIS_FAULTS } from '../fleet/redis-faults.ts';
import type { Luck } from '../luck.ts';
import { carryOut, DISTURBANCES, type Disturbance, type Scene } from './disturbances.ts';

const LONGEST_PAUSE_MS = 700;
/**
 * Two of these at once would undo each other. After the first time, each of them is rare, because
 * each one delays everything.
 */
const ALONE: readonly Disturbance[] = ['delivery overtaken', 'refused 429', 'redis emptied'];
/** While one of these runs, no other of them begins: all of them act on the same Redis. */
const REDIS: readonly Disturbance[] = ['redis killed', 'redis emptied', ...REDIS_FAULTS];
const RARELY = 0.1;
/** The disturbances that would end or undo a delivery in a race with another worker. */
const COARSE: readonly Disturbance[] = [
  'SIGKILL',
  'SIGTERM',
  'SIGSTOP',
  'refused 429',
  'rolling restart',
  ...REDIS,
];

/**
 * Disturbs the fleet. It first runs each disturbance until it struck once, and then picks at
 * random.
 * @param calm aborted when the disturber may end. From then on it runs only the disturbances that
 * have not struck yet.
 * @param over aborted when there is nothing left to disturb: the disturber ends at once.
 */
export async function disturb(
  scene: Scene,
  luck: Luck,
  { calm, over }: { calm: AbortSignal; over: AbortSignal },
): Promise<void> {
  const owed = new Set<Disturbance>(DISTURBANCES);
  const underWay = new Set<Disturbance>();
  const pending: Promise<void>[] = [];
  let wasTried = false;

  const next = (): Disturbance | null => {
    const isOvertaking = underWay.has('delivery overtaken');
    const isRedisBusy = REDIS.some((what) => underWay.has(what));
    const free = DISTURBANCES.filter(
      (what) =>
        !underWay.has(what) &&
        !(isOvertaking && COARSE.includes(what)) &&
        !(isRedisBusy && REDIS.includes(what)),
    );
    const first = free.filter((what) => owed.has(what));
    // It takes the longest, and needs orders. If it was tried without success, the others have
    // their turn.
    if (!wasTried && scene.placed.length > 0) return 'delivery overtaken';
    const others = first.filter((what) => what !== 'delivery overtaken');
    if (others.length > 0) return luck.pick(others);
    if (first.length > 0 && scene.placed.length > 0) return 'delivery overtaken';
    if (calm.aborted) return null;
    return luck.pick(free.filter((what) => !ALONE.includes(what) || luck.chance(RARELY)));
  };
  const carry = async (what: Disturbance): Promise<void> => {
    wasTried ||= what === 'delivery overtaken';
    const isOwed = owed.has(what);
    if (isOwed || ALONE.includes(what)) underWay.add(what);
    const isDone = await carryOut(scene, { what, isOwed }, luck.fork(`${what} ${pending.length}`));
    underWay.delete(what);
    if (isDone) owed.delete(what);
  };

  while (!over.aborted && !(calm.aborted && owed.size === 0)) {
    const what = next();
    if (what !== null) {
      const work = carry(what);
      pending.push(work);
      if (REDIS.includes(what)) await work;
    }
    await delay(luck.between(50, LONGEST_PAUSE_MS), undefined, { signal: over }).catch(() => undefined);
  }
  await Promise.all(pending);
}
