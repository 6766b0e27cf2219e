import type { Dirent, Stats } from 'node:fs';
import { constants, existsSync } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { InvalidOutputError } from '../errors.ts';

/** The identity of a folder, wherever its path now leads. */
export type FolderIdentity = Pick<Stats, 'dev' | 'ino'>;

/** An opened file that a program left. The receiver closes it. */
export interface ProgramFile {
  name: string;
  bytes: number;
  handle: FileHandle;
}

export async function identityOf(folder: string): Promise<FolderIdentity> {
  const { dev, ino } = await lstat(folder);
  return { dev, ino };
}

/**
 * Opens the files that a program left in its folder, in the order of their names. A brief may have
 * tricked the program. So links are not followed, and a file that the program may still change
 * through another name is rejected.
 * @param expected the identity of the program's folder.
 * @param maxFiles how many files the program may leave.
 * @throws InvalidOutputError for a folder that was replaced, is empty, or has too many files. It
 * also rejects an entry that is not a plain file of its own.
 */
export async function openProgramFiles(
  folder: string,
  expected: FolderIdentity,
  maxFiles: number,
): Promise<ProgramFile[]> {
  const root = await openFolder(folder, expected);
  const files: ProgramFile[] = [];
  try {
    const within = pathOf(root, folder);
    const names = namesOf(await readdir(within, { encoding: 'buffer', withFileTypes: true }));
    if (names.length === 0) throw new InvalidOutputError('the program left no file in FULFILLMENT_OUTPUT');
    if (names.length > maxFiles) {
      throw new InvalidOutputError(
        `the program left ${names.length} files, and may leave ${maxFiles}: pack them into an archive`,
      );
    }
    for (const name of names) files.push(await openFile(within, name));
    return files;
  } catch (error) {
    await Promise.all(files.map(({ handle }) => handle.close()));
    throw error;
  } finally {
    await root.close();
  }
}

async function openFolder(folder: string, expected: FolderIdentity): Promise<FileHandle> {
  const replaced = (cause?: unknown) =>
    new InvalidOutputError('the program removed or replaced the folder FULFILLMENT_OUTPUT', { cause });
  let root: FileHandle;
  try {
    root = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    throw replaced(error);
  }
  const { dev, ino } = await root.stat();
  if (dev === expected.dev && ino === expected.ino) return root;
  await root.close();
  throw replaced();
}

/**
 * On Linux, the path of the open folder itself, so that a folder that replaces it meanwhile is not
 * read.
 */
function pathOf({ fd }: FileHandle, folder: string): string {
  const own = `/proc/self/fd/${fd}`;
  return existsSync(own) ? own : folder;
}

function namesOf(entries: readonly Dirent<Buffer>[]): string[] {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return entries
    .map(({ name }) => {
      try {
        return decoder.decode(name);
      } catch (error) {
        const shown = name.toString('latin1').replace(/[^ -~]/g, escaped);
        throw new InvalidOutputError(`the program left a file whose name is not UTF-8: "${shown}"`, {
          cause: error,
        });
      }
    })
    .sort((a, b) => (a < b ? -1 : 1));
}

function escaped(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

async function openFile(folder: string, name: string): Promise<ProgramFile> {
  const handle = await openPlain(folder, name);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw notPlain(name);
    if (stats.nlink > 1) {
      throw new InvalidOutputError(
        `the program left "${name}", which is a hard link to another file: leave a copy`,
      );
    }
    return { name, bytes: stats.size, handle };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openPlain(folder: string, name: string): Promise<FileHandle> {
  try {
    // Without O_NONBLOCK, opening a pipe would wait for a writer.
    return await open(
      path.join(folder, name),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
  } catch (error) {
    throw notPlain(name, error);
  }
}

function notPlain(name: string, cause?: unknown): InvalidOutputError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : null;
  const why = code === null || code === 'ELOOP' ? '' : ` (${code})`;
  return new InvalidOutputError(`the program left "${name}", which is not a plain file${why}`, { cause });
}
