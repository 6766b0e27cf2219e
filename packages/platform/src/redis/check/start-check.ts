import { ConfigurationError } from '@fulfillment/shared';
import type { Redis } from 'ioredis';
import type { Logger } from '../../telemetry/logger.ts';
import { redisAddress } from '../errors.ts';
import { inspectRedis } from './inspect.ts';

/**
 * Rejects a Redis that the product cannot run on, and warns of one with drawbacks.
 * @param redis the connection of the process. The check uses a copy.
 * @returns whether the user may not run INFO.
 * @throws ConfigurationError that names every problem, with advice.
 */
export async function checkRedis(
  redis: Redis,
  { url, prefix, log }: { url: string; prefix: string; log: Logger },
): Promise<{ hidesInfo: boolean }> {
  const copy = redis.duplicate();
  // The original connection reports a loss.
  copy.on('error', () => undefined);
  try {
    const { findings, hidesInfo } = await inspectRedis(copy, prefix);
    const address = redisAddress(url);
    const problems: string[] = [];
    for (const finding of findings) {
      if (finding.level === 'ok') continue;
      const { level, text, advice } = finding;
      if (level === 'problem') problems.push(`${text}. ${advice}.`);
      else log.warn({ address, advice }, `redis: ${text}`);
    }
    if (problems.length > 0)
      throw new ConfigurationError(`Redis at ${address} cannot be used:\n  ${problems.join('\n  ')}`);
    return { hidesInfo };
  } finally {
    copy.disconnect();
  }
}
