import { newId } from '../../market/ids.ts';

/** A file that the marketplace hosts. */
export interface StoredFile {
  bytes: Buffer;
  contentType: string;
}

/** A token for one direct upload. */
interface Grant {
  pathname: string;
  contentType: string;
  /** In ms since the epoch. */
  validUntil: number;
}

/** The marketplace's file store: the files, and the tokens for direct uploads. */
export class FileStore {
  readonly #files = new Map<string, StoredFile>();
  readonly #grants = new Map<string, Grant>();

  /** Stores a file. @returns its name in the store. */
  put(file: StoredFile, fileName: string): string {
    const name = `${newId('file')}-${fileName.replace(/[^A-Za-z0-9._-]+/g, '-').slice(-80)}`;
    this.#files.set(name, file);
    return name;
  }

  /** Stores a file under the caller's name. @returns false if the name is taken. */
  putAt(name: string, file: StoredFile): boolean {
    if (this.#files.has(name)) return false;
    this.#files.set(name, file);
    return true;
  }

  /** Every file with its name. */
  all(): [name: string, file: StoredFile][] {
    return [...this.#files];
  }

  get(name: string): StoredFile | undefined {
    return this.#files.get(name);
  }

  /** @returns the token. */
  grant(grant: Grant): string {
    const token = newId('upload');
    this.#grants.set(token, grant);
    return token;
  }

  granted(token: string): Grant | undefined {
    return this.#grants.get(token);
  }

  reset(): void {
    this.#files.clear();
    this.#grants.clear();
  }
}
