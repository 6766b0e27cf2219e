import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * The state that `pnpm dev` keeps between runs, so that orders survive a reload, a crash and a
 * night.
 */
export interface DevState {
  /**
   * The beginning of every Redis key. A fresh state has another prefix: records of forgotten orders
   * do not return.
   */
  keyPrefix: string;
  sandboxFile: string;
  artifactsFolder: string;
  ledgerFolder: string;
  redisFolder: string;
  /** The file that names the Redis of a running `pnpm dev`. */
  redisNote: string;
}

/**
 * Opens the state in a folder, and creates it if there is none.
 * @param isFresh removes the earlier state.
 */
export async function openDevState(isFresh: boolean, folder: string): Promise<DevState> {
  const at = (name: string) => path.join(folder, name);
  const parts = {
    sandboxFile: at('sandbox.state'),
    artifactsFolder: at('artifacts'),
    ledgerFolder: at('ledger'),
    redisFolder: at('redis'),
    redisNote: at('redis.json'),
  };
  // The developer chose the folder: other files in it stay. The sandbox keeps uploaded files in a
  // folder beside its state.
  const own = isFresh ? [at('id'), ...Object.values(parts), `${parts.sandboxFile}.files`] : [];
  for (const part of own) await rm(part, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return { keyPrefix: `fulfillment-dev-${await idOf(at('id'))}`, ...parts };
}

async function idOf(file: string): Promise<string> {
  if (!existsSync(file)) await writeFile(file, randomBytes(4).toString('hex'));
  return readFile(file, 'utf8');
}
