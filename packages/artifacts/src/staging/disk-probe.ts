import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DiskError } from '../errors.ts';

/** A disk that took a file so recently is not probed again, in ms. */
const VALID_MS = 3000;

/** Knows whether a disk takes files, without a test file for each order. */
export class DiskProbe {
  #validUntil = 0;

  /**
   * Makes sure that the disk takes files, before any output that costs money goes there.
   * @param folder a folder on the disk. If the disk is probed, the folder exists afterwards.
   * @throws DiskError when the disk takes no files.
   */
  async ensure(folder: string): Promise<void> {
    if (Date.now() < this.#validUntil) return;
    // Another worker may be at the same round, after a stall.
    const probe = path.join(folder, `probe.${randomUUID()}`);
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(probe, Buffer.alloc(4096, 1));
      await rm(probe, { force: true });
    } catch (error) {
      throw new DiskError(error);
    }
    this.#validUntil = Date.now() + VALID_MS;
  }

  /** The disk rejected a file. The next call of `ensure` writes a test file. */
  distrust(): void {
    this.#validUntil = 0;
  }
}
