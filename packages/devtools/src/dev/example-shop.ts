import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '@fulfillment/processes';

/** An example shop: its number of orders, and its time in ms since the epoch. */
export interface ExampleSeed {
  orders: number;
  now: number;
}

const PACKAGE = path.join(ROOT, 'packages', 'example-shop');

/** The variables with which the sandbox offers the shop, and the apps serve its agents. */
export function seededEnvironment({ orders, now }: ExampleSeed): NodeJS.ProcessEnv {
  return {
    SANDBOX_SEED_ORDERS: String(orders),
    SANDBOX_SEED_TIME: String(now),
    FULFILLMENT_CONFIG: path.join(PACKAGE, 'fulfillment.config.ts'),
    // The configuration has the keys of the agents.
    ATELIER_API_KEY: '',
  };
}

/**
 * Writes the records of the shop into Redis.
 * @throws Error with the output of the program that failed.
 */
export async function writeExampleShop({ orders, now }: ExampleSeed, env: NodeJS.ProcessEnv): Promise<void> {
  const script = path.join(PACKAGE, 'src', 'cli', 'write-shop.ts');
  await promisify(execFile)(process.execPath, [script, String(orders), String(now)], { env });
}
