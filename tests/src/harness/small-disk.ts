import { execFile } from 'node:child_process';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A disk of a few megabytes, which a test can fill. */
export interface SmallDisk extends AsyncDisposable {
  folder: string;
  /** Fills the disk up to this part, from 0 to 1. */
  fill(part: number): Promise<void>;
  /** Removes what `fill` wrote. */
  clear(): Promise<void>;
}

/** Mounts a small disk. Needs root on Linux. */
export async function mountSmallDisk(folder: string): Promise<SmallDisk> {
  await mkdir(folder, { recursive: true });
  await run('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder]);
  const filler = path.join(folder, 'filler');
  return {
    folder,
    async fill(part) {
      const { bavail, blocks, bsize } = await statfs(folder);
      const used = blocks - bavail;
      await writeFile(filler, Buffer.alloc(Math.ceil((blocks * part - used) * bsize)));
    },
    clear: () => rm(filler, { force: true }),
    async [Symbol.asyncDispose]() {
      await run('umount', [folder]);
    },
  };
}
