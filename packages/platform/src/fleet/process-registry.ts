import { hostname } from 'node:os';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import product from '../../package.json' with { type: 'json' };
import type { RedisKeys } from '../redis/keys.ts';
import { readStored } from '../redis/stored-json.ts';

/** What an app of another version does not say counts as absent: the app runs all the same. */
const entrySchema = z.object({
  app: z.string(),
  host: z.string(),
  pid: z.number(),
  /** The version of the product. */
  version: z.string().catch('unknown'),
  /** When the app started, in ms since the epoch, by the clock of its host. */
  startedAt: z.number().catch(0),
  /** The jobs that run: the job's name, and its order if it has one. */
  jobs: z.array(z.object({ name: z.string(), orderId: z.string().nullable() })).catch([]),
  /** How many jobs run. `jobs` has only the first of them. */
  running: z.number().catch(0),
});

/** An app that runs in some process of the fleet. A process may run several apps. */
export type ProcessEntry = z.infer<typeof entrySchema>;

/** An entry that was not renewed for this long is gone, in ms. */
const GONE_AFTER_MS = 30_000;
/** For how long the starts of apps are kept, in ms. */
const STARTS_KEPT_MS = 3_600_000;

const startSchema = z.object({
  app: z.string(),
  host: z.string(),
  pid: z.number(),
  /** In ms since the epoch. */
  at: z.number(),
});

/** A start of an app, which names its host and process. */
export type ProcessStart = z.infer<typeof startSchema>;

/**
 * The apps that run, on all hosts. Each app renews its entry. The entry of an app that is killed
 * expires.
 */
export class ProcessRegistry {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Records a start of an app. */
  async noteStart({ app, host, pid, startedAt: at }: ProcessEntry): Promise<void> {
    const start = JSON.stringify({ app, host, pid, at } satisfies ProcessStart);
    await this.#redis
      .multi()
      .zadd(this.#keys.processStarts, at, start)
      .zremrangebyscore(this.#keys.processStarts, 0, at - STARTS_KEPT_MS)
      .exec();
  }

  /** Renews the entry of an app. */
  async note(entry: ProcessEntry): Promise<void> {
    const id = idOf(entry);
    await this.#redis
      .multi()
      .set(this.#keys.process(id), JSON.stringify(entry), 'PX', GONE_AFTER_MS)
      .sadd(this.#keys.processes, id)
      .exec();
  }

  /** Removes the entry of an app that stops. While Redis is away, the entry is left to expire. */
  async remove(entry: ProcessEntry): Promise<void> {
    if (this.#redis.status !== 'ready') return;
    const id = idOf(entry);
    await this.#redis.multi().del(this.#keys.process(id)).srem(this.#keys.processes, id).exec();
  }

  /** The apps that run, by app and host. A damaged entry is left out. */
  async list(): Promise<ProcessEntry[]> {
    const ids = await this.#redis.smembers(this.#keys.processes);
    if (ids.length === 0) return [];
    const found = await this.#redis.mget(ids.map((id) => this.#keys.process(id)));
    const gone = ids.filter((_id, index) => found[index] === null);
    if (gone.length > 0) await this.#redis.srem(this.#keys.processes, ...gone);
    return found
      .flatMap((text) => readStored(entrySchema, text) ?? [])
      .toSorted((a, b) => a.app.localeCompare(b.app) || a.host.localeCompare(b.host) || a.pid - b.pid);
  }

  /** The starts of apps since a time of the last hour, in ms since the epoch, the oldest first. */
  async startsSince(time: number): Promise<ProcessStart[]> {
    const found = await this.#redis.zrange(this.#keys.processStarts, time, '+inf', 'BYSCORE');
    return found.flatMap((text) => readStored(startSchema, text) ?? []);
  }
}

/** The entry of an app in this process, without its jobs. */
export function entryOfThisProcess(app: string): ProcessEntry {
  const { version } = product;
  return { app, host: hostname(), pid: process.pid, version, startedAt: Date.now(), jobs: [], running: 0 };
}

function idOf({ app, host, pid }: ProcessEntry): string {
  return `${app}@${host}:${pid}`;
}
