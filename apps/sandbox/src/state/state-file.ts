import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { serialize } from 'node:v8';
import type { FastifyInstance } from 'fastify';
import type { Sandbox } from '../sandbox.ts';
import { FileFolder } from './saved-files.ts';
import { captureState, restoreState, type SavedState } from './saved-state.ts';

/** The delay of a save, so that calls in quick succession share one. In ms. */
const SAVE_AFTER_MS = 100;

/**
 * Restores the marketplace from a file, if it exists, and keeps the file up to date. A save follows
 * each call that may write, each event for a seller, delayed work, and the close. Reads save
 * nothing, since a poll every second would rewrite everything. Uploaded files lie in a folder
 * beside the file.
 *
 * Throws an Error if the file cannot be read.
 */
export function keepState(server: FastifyInstance, sandbox: Sandbox, file: string): void {
  const folder = new FileFolder(`${file}.files`);
  if (existsSync(file)) restoreState(sandbox, file, folder);
  let timer: NodeJS.Timeout | null = null;
  const save = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    write(file, captureState(sandbox, folder));
  };
  const saveSoon = () => {
    timer ??= setTimeout(save, SAVE_AFTER_MS);
  };
  sandbox.onChange(saveSoon);
  server.addHook('onResponse', async ({ method }) => {
    if (method !== 'GET' && method !== 'HEAD') saveSoon();
  });
  server.addHook('onClose', async () => save());
}

/** Replaces the file in one step, so that a crash leaves the old state or the new one. */
function write(file: string, saved: SavedState): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, serialize(saved));
  renameSync(`${file}.new`, file);
}
