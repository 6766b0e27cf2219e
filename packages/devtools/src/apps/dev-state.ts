import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../workspace.ts';

/** What `pnpm dev` keeps from one run to the next, so that orders outlive a reload, a crash and a night. */
export interface DevState {
  /** Begins every Redis key. A fresh state has another prefix: records of forgotten orders do not come back. */
  keyPrefix: string;
  sandboxFile: string;
  artifactsFolder: string;
  redisFolder: string;
  /** Says which Redis a running `pnpm dev` uses. */
  redisNote: string;
}

/**
 * The state in a folder, created when there is none.
 * @param isFresh removes what is there.
 */
export async function openDevState(
  isFresh: boolean,
  folder = path.join(ROOT, '.data', 'dev'),
): Promise<DevState> {
  if (isFresh) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return {
    keyPrefix: `fulfillment-dev-${await idOf(path.join(folder, 'id'))}`,
    sandboxFile: path.join(folder, 'sandbox.state'),
    artifactsFolder: path.join(folder, 'artifacts'),
    redisFolder: path.join(folder, 'redis'),
    redisNote: path.join(folder, 'redis.json'),
  };
}

async function idOf(file: string): Promise<string> {
  if (!existsSync(file)) await writeFile(file, randomBytes(4).toString('hex'));
  return readFile(file, 'utf8');
}
