import { describeError } from '@fulfillment/platform';
import { Redis } from 'ioredis';
import { clockFinding } from './clock.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const ABOUT = 'redis';
/** Blocking pops in milliseconds and the options of the scripts' commands. */
const LEAST_VERSION = [6, 2] as const;
const ANSWER_WITHIN_MS = 5000;

/** Whether Redis is there, may lose nothing, and has our time. */
export async function checkRedis(url: string): Promise<Finding[]> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: ANSWER_WITHIN_MS,
    commandTimeout: ANSWER_WITHIN_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let reason: unknown;
  redis.on('error', (error) => {
    reason = error;
  });
  try {
    await redis.connect();
    const begun = Date.now();
    const [seconds, micros] = await redis.time();
    const ended = Date.now();
    const theirs = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    const info = await redis.info();
    return [
      versionFinding(fieldOf(info, 'redis_version')),
      evictionFinding(fieldOf(info, 'maxmemory_policy')),
      persistenceFinding(fieldOf(info, 'aof_enabled')),
      clockFinding('redis', theirs, begun, ended),
    ];
  } catch (error) {
    const text = `Redis at ${withoutPassword(url)} does not answer: ${describeError(reason ?? error)}`;
    return [
      problem(ABOUT, text, 'Start one, or set REDIS_URL to redis://[user:password@]host:port[/database]'),
    ];
  } finally {
    redis.disconnect();
  }
}

function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
}

function versionFinding(version: string | undefined): Finding {
  if (version === undefined)
    return warning(
      ABOUT,
      'Redis does not say its version',
      `Make sure that it is ${LEAST_VERSION.join('.')} or later`,
    );
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > LEAST_VERSION[0] || (major === LEAST_VERSION[0] && minor >= LEAST_VERSION[1]);
  return isEnough
    ? ok(ABOUT, `version ${version}`)
    : problem(ABOUT, `version ${version} is too old`, `Use ${LEAST_VERSION.join('.')} or later`);
}

function evictionFinding(policy: string | undefined): Finding {
  if (policy === 'noeviction') return ok(ABOUT, 'evicts nothing');
  return policy === undefined
    ? warning(ABOUT, 'Redis does not say its maxmemory-policy', 'Make sure that it is noeviction')
    : problem(
        ABOUT,
        `maxmemory-policy is ${policy}: Redis may throw orders away`,
        'redis-cli config set maxmemory-policy noeviction, and in its configuration file',
      );
}

function persistenceFinding(aof: string | undefined): Finding {
  return aof === '1'
    ? ok(ABOUT, 'keeps an append-only file')
    : warning(
        ABOUT,
        'no append-only file: what happened since the last snapshot is lost when Redis crashes',
        'Set appendonly yes in the configuration of Redis',
      );
}

function withoutPassword(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
