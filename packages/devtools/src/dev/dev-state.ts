import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

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
export async function openDevState(isFresh: boolean, folder: string): Promise<DevState> {
  const at = (name: string) => path.join(folder, name);
  const parts = {
    sandboxFile: at('sandbox.state'),
    artifactsFolder: at('artifacts'),
    redisFolder: at('redis'),
    redisNote: at('redis.json'),
  };
  // The folder is of the developer's choice: whatever else is in it stays.
  // The sandbox keeps uploaded files in a folder beside its state.
  const own = isFresh ? [at('id'), ...Object.values(parts), `${parts.sandboxFile}.files`] : [];
  for (const part of own) await rm(part, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return { keyPrefix: `fulfillment-dev-${await idOf(at('id'))}`, ...parts };
}

async function idOf(file: string): Promise<string> {
  if (!existsSync(file)) await writeFile(file, randomBytes(4).toString('hex'));
  return readFile(file, 'utf8');
}
