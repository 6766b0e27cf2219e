import { statfs } from 'node:fs/promises';
import {
  type AgentEntry,
  type ChangeFeed,
  HandlerTries,
  idleTime,
  longestWaits,
  Pauses,
  type ProcessEntry,
  type ProcessStart,
  type RedisServerState,
  type Runtime,
  readServerState,
  type Tries,
} from '@fulfillment/platform';
import { QUEUE_NAMES, type QueueName } from '@fulfillment/shared';

/** The longest wait in a queue. Times in ms. */
interface QueueWait {
  queue: QueueName;
  ms: number;
  /** For how long no worker has worked on a job of the queue. */
  idleMs: number;
}

/** What the conditions of the system are derived from. Times in ms since the epoch. */
export interface SystemState {
  now: number;
  processes: readonly ProcessEntry[];
  /** The starts of apps within the last ten minutes. */
  starts: readonly ProcessStart[];
  /** The longest wait in each queue whose jobs may run. */
  waits: readonly QueueWait[];
  /** What operators paused: its name, and since when. */
  pauses: readonly { name: string; since: number }[];
  agents: readonly AgentEntry[];
  /** The recent tries of handlers, by the name of the handler. */
  tries: ReadonlyMap<string, Tries>;
  /** Webhooks with a wrong signature within the last quarter of an hour, by agent. */
  badSignatures: ReadonlyMap<string, number>;
  /** Whether the rate limit leaves no delivery although deliveries are outstanding. */
  isBudgetExhausted: boolean;
  /** The rows of the rate limit whose calls were refused for longer than a window. */
  refusedRows: readonly string[];
  /** Null: not known. */
  redis: RedisServerState | null;
  /** The free part of the disk of the artifacts, from 0 to 1. Null: not known. */
  freeDisk: number | null;
  ledger: { lagMs: number; trouble: string | null };
}

/** How far back the starts of apps count, in ms. */
const STARTS_WITHIN_MS = 10 * 60_000;

/** The parts of the runtime that the state is read from. */
type Sources = Pick<
  Runtime,
  'redis' | 'keys' | 'store' | 'processes' | 'queues' | 'workPauses' | 'registry' | 'budget' | 'settings'
> & { feed: Pick<ChangeFeed, 'state'> };

/** Reads the state of the system. */
export async function readSystemState(sources: Sources): Promise<SystemState> {
  const { redis, store, processes, registry, budget, settings, feed } = sources;
  const now = await store.now();
  const [running, starts, waits, pauses, agents, tries, budgetState, refusals, outstanding, server, ledger] =
    await Promise.all([
      processes.list(),
      processes.startsSince(Date.now() - STARTS_WITHIN_MS),
      waitsOf(sources),
      pausesOf(sources),
      registry.list(),
      new HandlerTries(redis, sources.keys).recent(),
      budget.state(),
      budget.longRefusals(),
      sources.queues.get('delivery').getJobCountByTypes('wait', 'prioritized', 'delayed'),
      readServerState(redis),
      feed.state(),
    ]);
  return {
    now,
    processes: running,
    starts,
    waits,
    pauses,
    agents,
    tries,
    badSignatures: await badSignaturesOf(sources, agents),
    isBudgetExhausted: budgetState.isLimited && budgetState.left === 0 && outstanding > 0,
    refusedRows: refusals.map(({ row }) => row),
    redis: server,
    freeDisk: await freePart(settings.ARTIFACTS_DIR),
    ledger,
  };
}

/** Another program may have paused a queue. Its time is not known then. */
async function pausesOf({ redis, keys, queues, workPauses }: Sources): Promise<SystemState['pauses']> {
  const [work, paused] = await Promise.all([workPauses.read(), new Pauses(redis, keys, queues).read()]);
  return [
    ...work.map(({ part, id, since }) => ({ name: `${part} "${id}"`, since })),
    ...paused.flatMap(({ queue, since }) => (since === null ? [] : [{ name: `queue "${queue}"`, since }])),
  ];
}

/** Jobs of a paused queue wait on purpose. */
async function waitsOf({ queues }: Sources): Promise<SystemState['waits']> {
  const found = await Promise.all(
    QUEUE_NAMES.map(async (name) => {
      const queue = queues.get(name);
      if (await queue.isPaused()) return [];
      const [waits, idleMs] = await Promise.all([longestWaits(queue), idleTime(queue)]);
      return waits.length === 0 ? [] : [{ queue: name, ms: Math.max(...waits.map(({ ms }) => ms)), idleMs }];
    }),
  );
  return found.flat();
}

async function badSignaturesOf(
  { redis, keys }: Sources,
  agents: readonly AgentEntry[],
): Promise<Map<string, number>> {
  const ids = agents.flatMap(({ id }) => (id === null ? [] : [id]));
  if (ids.length === 0) return new Map();
  const counts = await redis.mget(ids.map((id) => keys.badSignatures(id)));
  return new Map(ids.map((id, index) => [id, Number(counts[index] ?? 0)]));
}

/** The folder does not exist before the first file. */
async function freePart(folder: string): Promise<number | null> {
  try {
    const { bavail, blocks } = await statfs(folder);
    return blocks === 0 ? null : bavail / blocks;
  } catch {
    return null;
  }
}
