import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type AcquiredRedis, acquireRedis } from '../redis.ts';
import { redisRunId } from '../redis-answer.ts';
import type { DevState } from './dev-state.ts';

interface Note {
  url: string;
  runId: string | null;
}

/**
 * The address of the private Redis of a `pnpm dev` that runs now, in this or another terminal. Null
 * without one.
 */
export async function runningDevRedis(file: string): Promise<string | null> {
  const noted = await readNote(file);
  return noted?.runId && (await runIdOf(noted.url)) === noted.runId ? noted.url : null;
}

/**
 * The Redis of development. The first `pnpm dev` starts a private one and leaves a note. Another
 * `pnpm dev` in another terminal uses the same Redis while it runs. The data stays in `redisFolder`
 * for the next run.
 */
export async function acquireDevRedis(
  log: (line: string) => void,
  { redisNote: file, redisFolder: keepIn }: Pick<DevState, 'redisNote' | 'redisFolder'>,
): Promise<AcquiredRedis> {
  if (process.env.REDIS_URL) return acquireRedis({ log });
  const running = await runningDevRedis(file);
  if (running !== null) {
    log(`Redis: ${running}, of the pnpm dev that already runs`);
    return { url: running, close: async () => undefined };
  }
  const redis = await acquireRedis({ log, keepIn });
  log(`Redis: ${redis.url}, a private one`);
  await mkdir(path.dirname(file), { recursive: true });
  const note: Note = { url: redis.url, runId: await runIdOf(redis.url) };
  await writeFile(file, JSON.stringify(note));
  return {
    url: redis.url,
    async close() {
      await rm(file, { force: true });
      await redis.close();
    },
  };
}

function runIdOf(url: string): Promise<string | null> {
  return redisRunId(Number(new URL(url).port));
}

async function readNote(file: string): Promise<Note | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Note;
  } catch {
    return null;
  }
}
