import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FileStore, StoredFile } from '../api/files/store.ts';

/** An uploaded file in the state, without its bytes. */
export interface SavedFile {
  name: string;
  contentType: string;
}

/**
 * The folder beside the state that holds the bytes of uploaded files. Each file is written once,
 * since uploads never change.
 */
export class FileFolder {
  readonly #folder: string;
  readonly #written: Set<string>;

  constructor(folder: string) {
    this.#folder = folder;
    this.#written = new Set(existsSync(folder) ? readdirSync(folder) : []);
  }

  /** Writes the new files of the store, and removes those that the store no longer has. */
  save(store: FileStore): SavedFile[] {
    const kept = new Set<string>();
    const files = store.all().map(([name, { bytes, contentType }]) => {
      const entry = encodeURIComponent(name);
      kept.add(entry);
      if (!this.#written.has(entry)) this.#write(entry, bytes);
      return { name, contentType };
    });
    for (const entry of this.#written) {
      if (kept.has(entry)) continue;
      rmSync(path.join(this.#folder, entry), { force: true });
      this.#written.delete(entry);
    }
    return files;
  }

  /** Reads one file. Throws if its bytes are missing. */
  read({ name, contentType }: SavedFile): StoredFile {
    return { bytes: readFileSync(path.join(this.#folder, encodeURIComponent(name))), contentType };
  }

  #write(entry: string, bytes: Buffer): void {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(path.join(this.#folder, entry), bytes);
    this.#written.add(entry);
  }
}
