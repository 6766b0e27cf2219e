import { type Redis, ReplyError } from 'ioredis';
import { describeError } from '../../telemetry/failures.ts';
import { defineCommands } from '../commands.ts';
import { redisAdvice, redisCause } from '../errors.ts';
import { neededCommands } from './needed-commands.ts';

/** Blocking pops in milliseconds, and the options of the scripts' commands. */
const LEAST_VERSION = [6, 2] as const;

/**
 * A finding about a Redis. `problem`: the product cannot run on it. `temporary`: the product cannot
 * run now, and waiting may help. `warning`: the product runs, with a drawback. Every finding but
 * `ok` says what to do.
 */
export type RedisFinding =
  | { level: 'ok'; text: string }
  | { level: 'warning' | 'temporary' | 'problem'; text: string; advice: string };

export interface RedisInspection {
  findings: RedisFinding[];
  /** The user may not run INFO, so BullMQ must not ask for the version. */
  hidesInfo: boolean;
}

/**
 * Checks whether the product can run on a Redis: its version, its settings, a write, and the rights
 * of the user. The check writes one key below the prefix and removes it.
 * @param redis a separate connection. Its transaction must not mix with other commands, and it ends
 * as a subscriber.
 * @throws when Redis cannot be reached.
 */
export async function inspectRedis(redis: Redis, prefix: string): Promise<RedisInspection> {
  const info = await infoOf(redis);
  const version = info === null ? await versionByHello(redis) : fieldOf(info, 'redis_version');
  const write = await probeWrite(redis, prefix);
  const rights = await probeRights(redis, prefix);
  return {
    hidesInfo: info === null,
    findings: [
      versionFinding(version),
      ...(info === null ? [HIDDEN] : [evictionFinding(fieldOf(info, 'maxmemory_policy'))]),
      ...(info === null ? [] : [persistenceFinding(fieldOf(info, 'aof_enabled'))]),
      ...(write === null ? [] : [write]),
      ...(write?.level === 'problem' ? [] : [rights]),
    ],
  };
}

const HIDDEN: RedisFinding = {
  level: 'warning',
  text: 'this user may not run INFO, so the maxmemory-policy and the append-only file are not checked, and delayed jobs start up to a second late',
  advice: 'Make sure of maxmemory-policy noeviction and appendonly yes, or give the user +info',
};

/** Null when the user may not run INFO, as on some managed servers. */
async function infoOf(redis: Redis): Promise<string | null> {
  return redis.info().catch((error: unknown) => {
    if (error instanceof ReplyError) return null;
    throw error;
  });
}

/** HELLO also reports the version, and is seldom forbidden. */
async function versionByHello(redis: Redis): Promise<string | undefined> {
  const answer: unknown = await redis.hello().catch((error: unknown) => {
    if (error instanceof ReplyError) return [];
    throw error;
  });
  const fields: unknown[] = Array.isArray(answer) ? answer : [];
  const version = fields[fields.indexOf('version') + 1];
  return fields.includes('version') ? String(version) : undefined;
}

function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
}

function versionFinding(version: string | undefined): RedisFinding {
  const least = LEAST_VERSION.join('.');
  if (version === undefined)
    return {
      level: 'warning',
      text: 'Redis does not say its version',
      advice: `Make sure that it is ${least} or later`,
    };
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > LEAST_VERSION[0] || (major === LEAST_VERSION[0] && minor >= LEAST_VERSION[1]);
  return isEnough
    ? { level: 'ok', text: `version ${version}` }
    : { level: 'problem', text: `version ${version} is too old`, advice: `Use ${least} or later` };
}

function evictionFinding(policy: string | undefined): RedisFinding {
  if (policy === 'noeviction') return { level: 'ok', text: 'evicts nothing' };
  return policy === undefined
    ? {
        level: 'warning',
        text: 'Redis does not say its maxmemory-policy',
        advice: 'Make sure that it is noeviction, else orders may be lost',
      }
    : {
        level: 'problem',
        text: `maxmemory-policy "${policy}" allows Redis to evict orders`,
        advice:
          'Set noeviction: redis-cli config set maxmemory-policy noeviction, and in its configuration file',
      };
}

function persistenceFinding(aof: string | undefined): RedisFinding {
  return aof === '1'
    ? { level: 'ok', text: 'keeps an append-only file' }
    : {
        level: 'warning',
        text: 'no append-only file: a crash of Redis loses everything since its last snapshot',
        advice: 'Set appendonly yes in the configuration of Redis',
      };
}

/** Why a write fails. Null: the write succeeded, or only a right is missing. */
async function probeWrite(redis: Redis, prefix: string): Promise<RedisFinding | null> {
  try {
    defineCommands(redis);
    await redis.probeWrite(`${prefix}:probe`, `${prefix}:probe:2`);
    return null;
  } catch (error) {
    const cause = redisCause(error);
    if (cause === null) throw error;
    if (cause === 'rights') return null;
    const level = cause === 'cluster' ? 'problem' : 'temporary';
    const text = `Redis rejects a write: ${describeError(error)}`;
    return { level, text, advice: redisAdvice(cause) };
  }
}

/**
 * Redis checks the rights of a command when a transaction queues it, and a discarded transaction
 * changes nothing.
 */
async function probeRights(redis: Redis, prefix: string): Promise<RedisFinding> {
  const missing: string[] = [];
  const ask = async (name: string, ...args: string[]): Promise<void> => {
    try {
      await redis.call(name, ...args);
    } catch (error) {
      if (!(error instanceof ReplyError)) throw error;
      if (redisCause(error) === 'rights') missing.push(missingRight(name, describeError(error)));
    }
  };
  await ask('multi');
  if (missing.length === 0) {
    for (const [name, ...args] of neededCommands(prefix)) await ask(name, ...args);
    await ask('discard');
    // Afterwards the connection can only subscribe.
    await ask('subscribe', `${prefix}:changes`);
  }
  if (missing.length === 0) return { level: 'ok', text: 'the user has the rights that are needed' };
  return {
    level: 'problem',
    text: `the user lacks rights: ${[...new Set(missing)].join(', ')}`,
    advice: redisAdvice('rights'),
  };
}

function missingRight(name: string, message: string): string {
  if (/channels/.test(message)) return 'the channel of the prefix';
  return /keys/.test(message) ? 'the keys of the prefix' : `the command ${name}`;
}
