import { acquireChromium } from './browser.ts';
import { acquirePostgres } from './postgres.ts';
import { acquireRedis } from './redis.ts';
import { acquireProgram } from './system/acquire-program.ts';

/** One of the examples is a Python program. */
const PYTHON = {
  purpose: 'the test of an example',
  names: ['python3'],
  variable: 'PYTHON_PATH',
  package: 'python3',
};

/**
 * Sets REDIS_URL, POSTGRES_BIN, CHROMIUM_PATH and PYTHON_PATH for all tests before Vitest runs. The
 * returned function ends the started programs after the tests.
 */
export async function setup(): Promise<() => Promise<void>> {
  const log = (line: string) => console.log(line);
  process.env.CHROMIUM_PATH = await acquireChromium({ log });
  process.env.PYTHON_PATH = await acquireProgram(PYTHON, log);
  process.env.POSTGRES_BIN = await acquirePostgres({ log });
  const redis = await acquireRedis({ log });
  process.env.REDIS_URL = redis.url;
  return redis.close;
}
