import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { RedisKeys } from '../../redis/keys.ts';
import { readStored } from '../../redis/stored-json.ts';
import { type AgentWarning, WARNING_CODES } from './warnings.ts';

/**
 * `served`: the agent's key is good. `key_rejected`: the marketplace rejects the key, so the
 * agent's orders make no progress.
 */
const AGENT_STATES = ['served', 'key_rejected'] as const;

const entrySchema = z.object({
  /** Null: the key was never accepted, and the configuration does not say which agent it is. */
  id: z.string().nullable(),
  state: z.enum(AGENT_STATES),
  warnings: z.array(z.object({ code: z.enum(WARNING_CODES), text: z.string(), advice: z.string() })),
  /** When the warnings were found, in ms since the epoch. Null: the agent was never checked. */
  warningsAt: z.number().nullable().default(null),
  checkedAt: z.number(),
});

/** An agent as some process of the fleet last saw it. */
export interface AgentEntry extends z.infer<typeof entrySchema> {
  /** The operator's name for the agent. */
  name: string;
  /**
   * When the agent was last polled, and when its last webhook came, in ms since the epoch. Null:
   * never.
   */
  polledAt: number | null;
  heardAt: number | null;
}

/** An agent that no process has checked for this long was removed from the configuration. In ms. */
const FORGOTTEN_MS = 24 * 3600_000;

/**
 * The fleet's state of its agents, in Redis. An agent whose key is rejected keeps its name and its
 * orders, and a process without its key can show it. Keys are never written here.
 */
export class AgentRegistry {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /**
   * The marketplace accepted the key of an agent. Without new warnings, the known ones stay until
   * the next check.
   */
  async noteServed(name: string, id: string, warnings?: readonly AgentWarning[]): Promise<void> {
    const before = await this.#read(name);
    const kept = before?.id === id ? before : UNCHECKED;
    const check = warnings === undefined ? kept : { warnings: [...warnings], warningsAt: Date.now() };
    await this.#write(name, {
      id,
      state: 'served',
      warnings: check.warnings,
      warningsAt: check.warningsAt,
    });
  }

  /**
   * The marketplace rejected the key of an agent.
   * @param id the configured or previously known id. Null: keep the known id.
   */
  async noteRejected(name: string, id: string | null): Promise<void> {
    const before = await this.#read(name);
    await this.#write(name, {
      id: id ?? before?.id ?? null,
      state: 'key_rejected',
      warnings: before?.warnings ?? [],
      warningsAt: before?.warningsAt ?? null,
    });
  }

  /** Whether the marketplace rejected the key of an agent when it was last seen. */
  async isRejected(name: string): Promise<boolean> {
    return (await this.#read(name))?.state === 'key_rejected';
  }

  /**
   * The agents that some process has, by name, with the times of the last poll and the last webhook
   * of each.
   */
  async list(): Promise<AgentEntry[]> {
    const now = Date.now();
    const stored = Object.entries(await this.#redis.hgetall(this.#keys.agents));
    const entries = stored.flatMap(([name, text]) => {
      const entry = entryOf(text);
      return entry === null || now - entry.checkedAt > FORGOTTEN_MS ? [] : [{ name, ...entry }];
    });
    const seen = await Promise.all(entries.map(({ id }) => this.#lastSigns(id)));
    return entries
      .map((entry, index) => ({ ...entry, ...(seen[index] ?? NEVER) }))
      .toSorted((a, b) => a.name.localeCompare(b.name));
  }

  /** The name of every agent ever known, by its id. Orders of a removed agent keep their name. */
  async names(): Promise<Map<string, string>> {
    const stored = Object.entries(await this.#redis.hgetall(this.#keys.agents));
    return new Map(
      stored.flatMap(([name, text]) => {
        const id = entryOf(text)?.id ?? null;
        return id === null ? [] : [[id, name]];
      }),
    );
  }

  async #lastSigns(id: string | null): Promise<Pick<AgentEntry, 'polledAt' | 'heardAt'>> {
    if (id === null) return NEVER;
    const [polledAt, heardAt] = await this.#redis.hmget(this.#keys.polling(id), 'polledAt', 'heardAt');
    return { polledAt: Number(polledAt) || null, heardAt: Number(heardAt) || null };
  }

  async #read(name: string): Promise<z.infer<typeof entrySchema> | null> {
    const text = await this.#redis.hget(this.#keys.agents, name);
    return text === null ? null : entryOf(text);
  }

  async #write(name: string, entry: Omit<z.infer<typeof entrySchema>, 'checkedAt'>): Promise<void> {
    await this.#redis.hset(this.#keys.agents, name, JSON.stringify({ ...entry, checkedAt: Date.now() }));
  }
}

const NEVER = { polledAt: null, heardAt: null };
const UNCHECKED = { warnings: [], warningsAt: null };

/**
 * An entry that is damaged, or that another version wrote, is ignored. The next check writes it
 * again.
 */
function entryOf(text: string): z.infer<typeof entrySchema> | null {
  return readStored(entrySchema, text);
}
