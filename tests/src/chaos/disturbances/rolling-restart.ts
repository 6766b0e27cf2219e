import { waitFor } from '@fulfillment/processes';
import type { Member } from '../fleet/supervisor.ts';

const READY_WITHIN_MS = 20_000;

/**
 * Stops each process gracefully, and continues with the next one when it is ready again, as a
 * deployment does.
 * @returns whether all of them were restarted.
 */
export async function restartInTurn(members: readonly Member[]): Promise<boolean> {
  for (const member of members) {
    if (!member.signal('SIGTERM')) return false;
    const hasEnded = async () => !(await isReady(member));
    const isBack = () => isReady(member);
    for (const [what, probe] of [
      ['to end', hasEnded],
      ['to be ready again', isBack],
    ] as const) {
      const isDone = await waitFor(`${member.name} ${what}`, probe, { timeoutMs: READY_WITHIN_MS }).catch(
        () => false,
      );
      if (!isDone) return false;
    }
  }
  return true;
}

async function isReady({ url }: Member): Promise<boolean> {
  return fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
