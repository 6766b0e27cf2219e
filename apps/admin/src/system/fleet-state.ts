import { longestWaits, type ProcessEntry, type RedisServerState } from '@fulfillment/platform';
import { QUEUE_NAMES, type QueueName } from '@fulfillment/shared';
import type { AdminOptions } from '../options.ts';

/** The processes, and the services that they need. */
export interface FleetState {
  /** The apps that run, on all hosts. */
  processes: ProcessEntry[];
  /** For how long the oldest job has waited that a worker could take, in ms. Absent: none waits. */
  oldestMs: ReadonlyMap<QueueName, number>;
  /** Null: the user of Redis may not ask. */
  server: RedisServerState | null;
  /** When the last sweep ended, in ms since the epoch. Null: there was none. */
  sweptAt: number | null;
  ledger: { pending: number; lagMs: number; trouble: string | null };
}

/** Reads the state of the fleet. Only the System page shows it. */
export async function fleetState({
  processes,
  queues,
  serverState,
  sweptAt,
  feed,
}: Pick<AdminOptions, 'processes' | 'queues' | 'serverState' | 'sweptAt' | 'feed'>): Promise<FleetState> {
  const [running, server, swept, ledger, waits] = await Promise.all([
    processes.list(),
    serverState(),
    sweptAt(),
    feed.state(),
    Promise.all(QUEUE_NAMES.map(async (name) => [name, await longestWaits(queues.get(name))] as const)),
  ]);
  const waiting = waits.filter(([, all]) => all.length > 0);
  const oldestMs = new Map(waiting.map(([name, all]) => [name, Math.max(...all.map(({ ms }) => ms))]));
  return { processes: running, oldestMs, server, sweptAt: swept, ledger };
}
