import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

const PREFIX = 'fulfillment-s3-';
/** No file takes this long on its way to a store. */
const OLD_MS = 24 * 3600_000;

/** A new folder for a file on its way to a store. The caller removes it. */
export function openSpool(): Promise<string> {
  return mkdtemp(path.join(os.tmpdir(), PREFIX));
}

/**
 * Removes the old folders of processes that were killed.
 * @returns how many.
 */
export async function removeOldSpools(folder: string = os.tmpdir()): Promise<number> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(PREFIX));
  let removed = 0;
  for (const name of names) {
    const spool = path.join(folder, name);
    // Another process may remove it at the same time.
    const age = await stat(spool).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age < OLD_MS) continue;
    await rm(spool, { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}
