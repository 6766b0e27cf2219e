import { retryAfterSeconds } from '../errors.ts';
import { said } from './said.ts';

const JSON_TYPE = /^application\/(\w+\+)?json\b/;
/** How much is read of an error answer. */
const LARGEST_ERROR_BYTES = 10_000;

/** A service's answer. Its body is read up to a limit, and never waited for without end. */
export class Answer {
  readonly status: number;
  readonly isOk: boolean;
  readonly contentType: string;
  readonly #response: Response;
  readonly #patienceMs: number;
  readonly #giveUp: () => void;

  /** @param giveUp ends the request, when nothing arrived for `patienceMs`. */
  constructor(response: Response, patienceMs: number, giveUp: () => void) {
    this.status = response.status;
    this.isOk = response.ok;
    this.contentType = response.headers.get('content-type') ?? '';
    this.#response = response;
    this.#patienceMs = patienceMs;
    this.#giveUp = giveUp;
  }

  get isJson(): boolean {
    return JSON_TYPE.test(this.contentType);
  }

  /** Whether the failure may pass in a moment. */
  get isPassing(): boolean {
    return this.status >= 500 || [408, 425, 429].includes(this.status);
  }

  get location(): string | null {
    return this.#response.headers.get('location');
  }

  /** The wait that the answer asks for, in seconds, or null if it names none. */
  get retryAfter(): number | null {
    return retryAfterSeconds(this.#response.headers.get('retry-after'));
  }

  get fileName(): string | undefined {
    return /filename="([^"]+)"/.exec(this.#response.headers.get('content-disposition') ?? '')?.[1];
  }

  get hasBody(): boolean {
    return this.#response.body !== null;
  }

  /** Its bytes, as they arrive. */
  async *bytes(): AsyncGenerator<Uint8Array> {
    const reader = this.#response.body?.getReader();
    if (reader === undefined) return;
    try {
      for (;;) {
        const timer = setTimeout(this.#giveUp, this.#patienceMs);
        const { done, value } = await reader.read().finally(() => clearTimeout(timer));
        if (done) return;
        yield value;
      }
    } finally {
      await reader.cancel();
    }
  }

  /**
   * Its whole text.
   * @returns null when the text is longer than `maxBytes`.
   */
  async text(maxBytes: number): Promise<string | null> {
    const { text, isWhole } = await this.#read(maxBytes);
    return isWhole ? text : null;
  }

  /** The text of an error answer, and the form in which an error quotes it. */
  async complaint(): Promise<{ text: string; complaint: string }> {
    const { text } = await this.#read(LARGEST_ERROR_BYTES);
    const words = said(text);
    return { text, complaint: `the service answered ${this.status}${words ? `: ${words}` : ''}` };
  }

  /** Reads no more of the body. */
  async discard(): Promise<void> {
    await this.#response.body?.cancel();
  }

  async #read(maxBytes: number): Promise<{ text: string; isWhole: boolean }> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    let isWhole = true;
    for await (const chunk of this.bytes()) {
      chunks.push(chunk.subarray(0, maxBytes - bytes));
      bytes += chunk.length;
      isWhole = bytes <= maxBytes;
      if (!isWhole) break;
    }
    return { text: new TextDecoder().decode(Buffer.concat(chunks)), isWhole };
  }
}
