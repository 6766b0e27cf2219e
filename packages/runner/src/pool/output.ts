import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { Tail } from '@fulfillment/processes';
import { cutText } from '@fulfillment/shared';
import { LineLimit } from '../line-limit.ts';

/** How much of the output is kept for the error of a process that ends, in UTF-16 units. */
const KEPT = 4000;
const LONGEST_LINE = 2000;
/**
 * How fast output is read. A process that prints without end waits for us, and must not keep this
 * process busy. In bytes per `PACE_MS`.
 */
const PACE_BYTES = 256 * 1024;
const PACE_MS = 50;

/** The output of a child: its lines go to the log, and the last ones are kept. */
export class Output {
  readonly #tail = new Tail(KEPT);
  readonly #onLine: (stream: 'stdout' | 'stderr', line: string) => void;
  readonly #limit: LineLimit;

  constructor(
    streams: { stdout: Readable; stderr: Readable },
    onLine: (stream: 'stdout' | 'stderr', line: string) => void,
  ) {
    this.#onLine = onLine;
    this.#limit = new LineLimit((dropped) => onLine('stderr', `(${dropped} lines of output were dropped)`));
    this.#read(streams.stdout, 'stdout');
    this.#read(streams.stderr, 'stderr');
  }

  /** The last lines that were printed. */
  lastLines(): string {
    return this.#tail.text();
  }

  #read(stream: Readable, name: 'stdout' | 'stderr'): void {
    const decoder = new StringDecoder();
    let partial = '';
    let read = 0;
    let isPaused = false;
    const take = (text: string) => {
      const lines = `${partial}${text}`.split('\n');
      partial = cutText(lines.pop() ?? '', LONGEST_LINE);
      for (const line of lines) this.#take(name, line);
    };
    stream.on('data', (chunk: Buffer) => {
      take(decoder.write(chunk));
      read += chunk.length;
      if (read < PACE_BYTES || isPaused) return;
      isPaused = true;
      stream.pause();
      setTimeout(() => {
        read = 0;
        isPaused = false;
        stream.resume();
      }, PACE_MS);
    });
    stream.on('end', () => {
      if (partial !== '') take('\n');
    });
    stream.on('error', () => undefined);
  }

  #take(stream: 'stdout' | 'stderr', line: string): void {
    const text = cutText(line, LONGEST_LINE);
    this.#tail.add(text);
    if (this.#limit.take()) this.#onLine(stream, text);
  }
}
