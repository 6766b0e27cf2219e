import { setTimeout as delay } from 'node:timers/promises';
import type { Fleet } from './fleet.ts';
import type { Luck } from './luck.ts';

/** What can be done to the fleet. */
const DISTURBANCES = [
  'SIGKILL',
  'SIGTERM',
  'SIGSTOP',
  'redis killed',
  'latency',
  'status 503',
  'html 502',
  'reset',
  'answer lost',
  'forged webhook',
] as const;
type Disturbance = (typeof DISTURBANCES)[number];

const WRITES = ['orders.deliver', 'orders.quote', 'orders.sendMessage'];
const CALLS = [...WRITES, ...WRITES, 'orders.get', 'orders.listForAgent', 'orders.getMessages'];
const LONGEST_PAUSE_MS = 700;

/** Disturbs the fleet until it is stopped. @returns how often each thing was done. */
export async function disturb(fleet: Fleet, luck: Luck, stop: AbortSignal): Promise<Record<string, number>> {
  const done: Record<string, number> = {};
  const pending: Promise<void>[] = [];
  while (!stop.aborted) {
    const what = luck.pick(DISTURBANCES);
    pending.push(carryOut(fleet, what, luck.fork(`${what} ${pending.length}`)));
    done[what] = (done[what] ?? 0) + 1;
    if (what === 'redis killed') await pending.at(-1);
    await delay(luck.between(50, LONGEST_PAUSE_MS), undefined, { signal: stop }).catch(() => undefined);
  }
  await Promise.all(pending);
  return done;
}

async function carryOut({ market, members, killRedis }: Fleet, what: Disturbance, luck: Luck): Promise<void> {
  const { sandbox, agentIds } = market;
  const fault = (kind: string, more: object = {}) =>
    sandbox.post('/sandbox/faults', { endpoint: luck.pick(CALLS), kind, times: luck.between(1, 2), ...more });
  switch (what) {
    case 'SIGKILL':
    case 'SIGTERM':
      luck.pick(members).signal(what);
      return;
    case 'SIGSTOP': {
      const member = luck.pick(members);
      member.signal('SIGSTOP');
      await delay(luck.between(500, 9000));
      member.signal('SIGCONT');
      return;
    }
    case 'redis killed':
      await killRedis(luck.between(200, 2000));
      return;
    case 'latency':
      await fault('latency', { latency_ms: luck.between(100, 2500) });
      return;
    case 'status 503':
      await fault('status', { status: 503 });
      return;
    case 'html 502':
      await fault('html');
      return;
    case 'reset':
      await fault('reset');
      return;
    case 'answer lost':
      await sandbox.post('/sandbox/faults', { endpoint: luck.pick(WRITES), kind: 'lost', times: 1 });
      return;
    case 'forged webhook':
      await sandbox.post('/sandbox/webhooks/raw', {
        agent_id: agentIds.studio,
        body: JSON.stringify({ event: 'order.paid', order_id: 'ord_forged', data: { status: 'paid' } }),
        signature: luck.pick(['wrong', 'none']),
      });
      return;
  }
}
