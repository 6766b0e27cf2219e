import type { Deadline } from './deadline.ts';

/** The body as text. `tooLong` says that the read stopped because of the body's size. */
export interface BodyText {
  text: string;
  tooLong: boolean;
}

/** Reads a body to its end or to the deadline, and gives up once it is longer than `maxBytes`. */
export async function readBody(
  body: AsyncIterable<Uint8Array> | null,
  deadline: Deadline,
  maxBytes: number,
): Promise<BodyText> {
  if (body === null) return { text: '', tooLong: false };
  const parts = body[Symbol.asyncIterator]();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await deadline.race(parts.next());
      if (done) return { text: text + decoder.decode(), tooLong: false };
      bytes += value.byteLength;
      if (bytes > maxBytes) return { text, tooLong: true };
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    // Frees the connection after an incomplete read. After a complete one it does nothing.
    parts.return?.().catch(() => {});
  }
}
