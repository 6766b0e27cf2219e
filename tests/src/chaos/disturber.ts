import { setTimeout as delay } from 'node:timers/promises';
import { carryOut, DISTURBANCES, type Disturbance, type Scene } from './disturbances.ts';
import type { Luck } from './luck.ts';

const LONGEST_PAUSE_MS = 700;
/** Of these, two at once would leave nobody to go on, or undo each other. */
const ALONE: readonly Disturbance[] = ['delivery overtaken', 'refused 429'];
/** These hold up everything: once they were done, they are done so often as luck wants them. */
const RARELY = 0.2;

/**
 * Disturbs the fleet: first each thing until it could be done once, then whatever luck says.
 * @param calm aborted when it may end: it does once each thing was done.
 * @param over aborted when there is nothing left to disturb: it ends at once.
 */
export async function disturb(scene: Scene, luck: Luck, calm: AbortSignal, over: AbortSignal): Promise<void> {
  const owed = new Set<Disturbance>(DISTURBANCES);
  const underWay = new Set<Disturbance>();
  const pending: Promise<void>[] = [];
  while (!over.aborted && !(calm.aborted && owed.size === 0)) {
    const first = [...owed].filter((what) => !underWay.has(what));
    const mayComeAgain = DISTURBANCES.filter(
      (other) => !underWay.has(other) && (!ALONE.includes(other) || luck.chance(RARELY)),
    );
    const what = luck.pick(first.length > 0 ? first : mayComeAgain);
    const isOwed = owed.has(what);
    if (isOwed || ALONE.includes(what)) underWay.add(what);
    const work = carryOut(scene, what, luck.fork(`${what} ${pending.length}`), isOwed).then((isDone) => {
      underWay.delete(what);
      if (isDone) owed.delete(what);
    });
    pending.push(work);
    if (what === 'redis killed') await work;
    await delay(luck.between(50, LONGEST_PAUSE_MS), undefined, { signal: over }).catch(() => undefined);
  }
  await Promise.all(pending);
}
