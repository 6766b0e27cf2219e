import { createHash } from 'node:crypto';
import { InvalidOutputError } from '../errors.ts';
import { HEAD_BYTES, isTextType, type TextCheck, trueType } from '../media/true-type.ts';

/** The properties of a file, after its last byte. */
export interface Inspected {
  bytes: number;
  sha256: string;
  /** The type that the bytes begin with, or otherwise the stated type. */
  contentType: string;
}

/** Counts and hashes a file's bytes, keeps their beginning, and checks whether they are text. */
export class Inspection {
  readonly #stated: string;
  readonly #maxBytes: number;
  readonly #hash = createHash('sha256');
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #bytes = 0;
  #head = Buffer.alloc(0);
  #isUtf8 = true;
  #nulAt: number | null = null;

  /**
   * @param stated the content type that the handler gave.
   * @param maxBytes of the file.
   */
  constructor(stated: string, maxBytes: number) {
    this.#stated = stated;
    this.#maxBytes = maxBytes;
  }

  /**
   * Takes the next bytes of the file.
   * @throws InvalidOutputError once the file is too large.
   */
  add(chunk: Uint8Array): void {
    if (this.#head.length < HEAD_BYTES) {
      this.#head = Buffer.concat([this.#head, chunk.subarray(0, HEAD_BYTES - this.#head.length)]);
    }
    this.#isUtf8 &&= this.#decodes(chunk);
    const nul = this.#nulAt === null ? chunk.indexOf(0) : -1;
    if (nul >= 0) this.#nulAt = this.#bytes + nul;
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes)
      throw new InvalidOutputError(`an artifact is larger than ${this.#maxBytes} bytes`);
  }

  /**
   * The result, after the last bytes.
   * @throws InvalidOutputError for an empty file, and for bytes of another type than stated.
   */
  async finish(): Promise<Inspected> {
    if (this.#bytes === 0) throw new InvalidOutputError('an artifact is empty');
    const check = isTextType(this.#stated) ? this.#textCheck() : null;
    return {
      bytes: this.#bytes,
      sha256: this.#hash.digest('hex'),
      contentType: await trueType(this.#head, this.#stated, check),
    };
  }

  #textCheck(): TextCheck {
    return { isUtf8: this.#isUtf8 && this.#decodes(), nulAt: this.#nulAt };
  }

  #decodes(chunk?: Uint8Array): boolean {
    try {
      this.#decoder.decode(chunk, { stream: chunk !== undefined });
      return true;
    } catch {
      return false;
    }
  }
}
