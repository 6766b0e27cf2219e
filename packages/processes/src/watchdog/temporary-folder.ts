import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { guard } from './watchdog.ts';

/**
 * A private folder below the system's temporary folder. It disappears after `remove()`, or at the
 * latest with this process.
 */
export async function temporaryFolder(name: string): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), `${name}-`));
  const release = guard({ path: folder });
  return {
    path: folder,
    async remove() {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      release();
    },
  };
}
