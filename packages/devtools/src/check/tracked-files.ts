import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '@fulfillment/processes';

/** A tracked text file. */
export interface TrackedFile {
  /** From the root of the repository. */
  file: string;
  source: string;
}

/**
 * Reads the files that Git tracks, and new files that it does not ignore.
 * @param folders paths from the root. The whole repository if there are none.
 * @param isWanted whether to read a file, by its path from the root.
 */
export function readTrackedFiles(
  folders: readonly string[],
  isWanted: (file: string) => boolean,
): TrackedFile[] {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...folders];
  return execFileSync('git', list, { cwd: ROOT, encoding: 'utf8' })
    .split('\n')
    .filter((file) => isWanted(file) && isFile(file))
    .map((file) => ({ file, source: readFileSync(path.join(ROOT, file), 'utf8') }));
}

/** A deleted file stays in Git's list until the deletion is staged. */
function isFile(file: string): boolean {
  return statSync(path.join(ROOT, file), { throwIfNoEntry: false })?.isFile() ?? false;
}
