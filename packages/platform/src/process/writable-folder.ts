import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ConfigurationError } from '@fulfillment/shared';

/**
 * Failures that only the operator can end. A full or failing disk may heal: the step that writes
 * reports it.
 */
const OPERATORS_FAILURES: Record<string, string> = {
  EACCES: 'this user has no permission',
  EPERM: 'this user has no permission',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'it is a file',
  ENOENT: 'it cannot be created there',
  ELOOP: 'its path is a loop of links',
};

/**
 * Creates a folder unless it exists, and writes a probe into it.
 * @param setting what the operator changes to use another folder.
 * @throws ConfigurationError when this process may not write there.
 */
export async function requireWritableFolder(folder: string, setting: string): Promise<void> {
  const probe = path.join(folder, `probe.${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(probe, '');
    await rm(probe, { force: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const reason = OPERATORS_FAILURES[code];
    if (reason === undefined) return;
    throw new ConfigurationError(
      `The folder ${path.resolve(folder)} cannot be written to: ${reason} (${code}). Make it writable, or set ${setting} to another folder.`,
      { cause: error },
    );
  }
}
