import type { Redis } from 'ioredis';
import { z } from 'zod';
import { readRedisTime } from '../record-store/redis-time.ts';
import type { RedisKeys } from '../redis/keys.ts';
import { readStored } from '../redis/stored-json.ts';

/** The parts of a shop whose handlers' work an operator can pause. */
export const PAUSABLE = ['agent', 'service', 'handler'] as const;
export type Pausable = (typeof PAUSABLE)[number];

/**
 * An agent, a service or a handler for whose orders no handler begins, on any host, until somebody
 * resumes it. Work that runs is finished, and finished work is delivered.
 */
export interface WorkPause {
  part: Pausable;
  /** The agent's id, the service's id or the handler's name. */
  id: string;
  /** The operator's name. */
  by: string;
  /** By Redis' clock, in ms since the epoch. */
  since: number;
}

/** An order, as far as pauses concern it. */
export interface PausableOrder {
  agentId: string;
  serviceId: string | null;
  /** Null: no handler is chosen yet. */
  handler: string | null;
}

const pauseSchema = z.object({
  part: z.enum(PAUSABLE),
  id: z.string(),
  by: z.string(),
  since: z.number(),
});

/** The pauses of agents, services and handlers, in Redis. */
export class WorkPauses {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** @returns false if it is paused already. The first pause keeps its name and time. */
  async pause(part: Pausable, id: string, by: string): Promise<boolean> {
    const pause: WorkPause = { part, id, by, since: await readRedisTime(this.#redis) };
    return (await this.#redis.hsetnx(this.#keys.workPauses, keyOf(pause), JSON.stringify(pause))) === 1;
  }

  /** @returns false if it is not paused. */
  async resume(part: Pausable, id: string): Promise<boolean> {
    return (await this.#redis.hdel(this.#keys.workPauses, keyOf({ part, id }))) === 1;
  }

  /** All pauses, the latest first. */
  async read(): Promise<WorkPause[]> {
    const stored = await this.#redis.hvals(this.#keys.workPauses);
    return stored.flatMap((text) => readPause(text) ?? []).toSorted((a, b) => b.since - a.since);
  }

  /**
   * Whether a pause is there.
   * @param key see `keyOf`.
   */
  async isPaused(key: string): Promise<boolean> {
    return (await this.#redis.hexists(this.#keys.workPauses, key)) === 1;
  }

  /** The pause that holds an order, or null. */
  async holding(order: PausableOrder): Promise<WorkPause | null> {
    return holdingPause(await this.read(), order);
  }
}

/** The first of these pauses that concerns an order, or null. */
export function holdingPause(pauses: readonly WorkPause[], order: PausableOrder): WorkPause | null {
  const ids: Record<Pausable, string | null> = {
    agent: order.agentId,
    service: order.serviceId,
    handler: order.handler,
  };
  return pauses.find(({ part, id }) => ids[part] === id) ?? null;
}

/** Identifies a pause, also in the jobs that it holds. */
export function keyOf({ part, id }: Pick<WorkPause, 'part' | 'id'>): string {
  return `${part}:${id}`;
}

/** A damaged entry pauses nothing. The product alone writes them. */
function readPause(text: string): WorkPause | null {
  return readStored(pauseSchema, text);
}
