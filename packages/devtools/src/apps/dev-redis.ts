import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type AcquiredRedis, acquireRedis } from '../redis.ts';
import { redisRunId } from '../redis-answer.ts';
import { ROOT } from '../workspace.ts';

interface Note {
  url: string;
  runId: string | null;
}

/**
 * The Redis of development. The first `pnpm dev` starts a private one and leaves a note; another one beside it, in another terminal,
 * uses the same while it runs.
 */
export async function acquireDevRedis(
  log: (line: string) => void,
  file = path.join(ROOT, '.data', 'dev', 'redis.json'),
): Promise<AcquiredRedis> {
  if (process.env.REDIS_URL) return acquireRedis({ log });
  const noted = await readNote(file);
  if (noted?.runId && (await runIdOf(noted.url)) === noted.runId) {
    log(`Redis: ${noted.url}, of the pnpm dev that already runs`);
    return { url: noted.url, close: async () => undefined };
  }
  const redis = await acquireRedis({ log });
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
