import type { Switches } from '../behaviour/behaviour.ts';
import { newId } from '../market/ids.ts';
import type { Delivered } from '../market/rules/deliverables.ts';
import { endpointFault } from '../market/rules/endpoints.ts';
import { isImage } from './image-shape.ts';

/**
 * Creates the previews that a buyer sees before approval. The marketplace fetches every image of a
 * delivery, one after another, before it answers. An image that it cannot fetch or decode has no
 * preview. The sandbox's preview redirects to the picture itself.
 */
export class Previews {
  readonly #switches: Switches;
  #stop = new AbortController();
  readonly #targets = new Map<string, string>();

  constructor(switches: Switches) {
    this.#switches = switches;
  }

  /**
   * @param origin the sandbox's address, for the previews' URLs.
   * @returns the deliverables with their previews, or null if the call exceeded its time limit.
   */
  async make(delivered: readonly Delivered[], origin: string): Promise<Delivered[] | null> {
    const { fetchesImages, deliverTimeoutMs } = this.#switches.now;
    if (!fetchesImages) return [...delivered];
    const whole = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(deliverTimeoutMs)]);
    const shown: Delivered[] = [];
    for (const item of delivered) {
      const isShown = item.mediaType === 'image' && (await this.#canShow(item.url, whole));
      if (whole.aborted) return null;
      shown.push(isShown ? { ...item, previewUrl: this.#previewUrl(item.url, origin) } : item);
    }
    return shown;
  }

  /** Finds the URL of a preview's picture. */
  target(id: string): string | undefined {
    return this.#targets.get(id);
  }

  /** Aborts fetches. */
  stop(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
  }

  /** Drops the previews and aborts fetches. */
  reset(): void {
    this.stop();
    this.#targets.clear();
  }

  /** The picture of every preview, by the preview's id. */
  all(): [id: string, url: string][] {
    return [...this.#targets];
  }

  /** Restores a preview. */
  put(id: string, url: string): void {
    this.#targets.set(id, url);
  }

  /** The id is random, so that a later order's preview never replaces an earlier one. */
  #previewUrl(url: string, origin: string): string {
    const id = newId('prv');
    this.#targets.set(id, url);
    return `${origin}/previews/${id}`;
  }

  async #canShow(url: string, whole: AbortSignal): Promise<boolean> {
    const { imageTimeoutMs, imageMaxBytes, localSellers } = this.#switches.now;
    if (endpointFault(url, localSellers) !== null) return false;
    const signal = AbortSignal.any([whole, AbortSignal.timeout(imageTimeoutMs)]);
    try {
      const answer = await fetch(url, { signal });
      const head = answer.ok ? await readWithin(answer, imageMaxBytes) : null;
      return head !== null && isImage(head);
    } catch {
      // Any failure to fetch the picture means that the buyer has no preview, as on the
      // marketplace.
      return false;
    }
  }
}

/** Reads an answer to its end. @returns its first bytes, or null if it has more than `maxBytes`. */
async function readWithin(answer: Response, maxBytes: number): Promise<Uint8Array | null> {
  let head: Uint8Array = new Uint8Array();
  let length = 0;
  for await (const chunk of answer.body ?? []) {
    if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES);
    length += chunk.length;
    if (length > maxBytes) return null;
  }
  return head;
}

/** Enough bytes to recognise every image format. */
const HEAD_BYTES = 32;
