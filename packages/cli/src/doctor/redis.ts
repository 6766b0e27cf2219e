import {
  describeError,
  inspectRedis,
  type RedisFinding,
  redisAddress,
  redisAdvice,
  redisCause,
} from '@fulfillment/platform';
import { Redis } from 'ioredis';
import { clockFinding } from './clock.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const ABOUT = 'redis';
const ANSWER_WITHIN_MS = 5000;

/** Checks that the product can run on this Redis, and that Redis' clock agrees with ours. */
export async function checkRedis(url: string, prefix: string): Promise<Finding[]> {
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
    // ioredis would continue with database 0, and reports the error only in an event.
    const { db = 0 } = redis.options;
    if (db > 0) await redis.select(db);
    const clock = await clockOf(redis);
    const { findings } = await inspectRedis(redis, prefix);
    return [...findings.map(findingOf), ...clock];
  } catch (error) {
    return [unusable(url, reason ?? error)];
  } finally {
    redis.disconnect();
  }
}

/** No findings if the user may not read the clock: the check of the user's rights reports that. */
async function clockOf(redis: Redis): Promise<Finding[]> {
  const begun = Date.now();
  try {
    const [seconds, micros] = await redis.time();
    const theirs = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    return [clockFinding('redis', { theirs, begun, ended: Date.now() })];
  } catch (error) {
    if (redisCause(error) !== 'rights') throw error;
    return [];
  }
}

/**
 * An operator who runs the doctor wants to start now. A condition that may pass is therefore a
 * problem, too.
 */
function findingOf(finding: RedisFinding): Finding {
  if (finding.level === 'ok') return ok(ABOUT, finding.text);
  const tell = finding.level === 'warning' ? warning : problem;
  return tell(ABOUT, finding.text, finding.advice);
}

function unusable(url: string, error: unknown): Finding {
  const address = redisAddress(url);
  const said = describeError(error);
  if (/DB index is out of range|SELECT is not allowed/i.test(said))
    return problem(
      ABOUT,
      `Redis at ${address} has no such database: ${said}`,
      'Correct the number at the end of REDIS_URL',
    );
  const cause = redisCause(error);
  return cause === null
    ? problem(
        ABOUT,
        `Redis at ${address} does not answer: ${said}`,
        'Start one, or set REDIS_URL to redis://[user:password@]host:port[/database]',
      )
    : problem(ABOUT, `Redis at ${address} answers "${said}"`, redisAdvice(cause));
}
