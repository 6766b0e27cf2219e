import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { cutText } from '@fulfillment/shared';
import type { GenerateContext } from '../types.ts';

/**
 * The most that is kept of a line, in characters. This is more than is shown, in case the line
 * begins with blanks.
 */
const LONGEST_LINE = 10_000;
const LONGEST_PROGRESS = 200;
const TELL_EVERY_MS = 1000;

/** @returns the function that gives the end of a program's output, at most `limit` characters. */
export function collect(stream: Readable, limit: number): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    text = (text + chunk).slice(-limit);
  });
  return () => text;
}

/**
 * Shows a program's output lines as progress: the latest line, at most once a second. Little of the
 * output is kept, however much the program writes, and whether or not it ever ends a line.
 * @returns the function that shows the last line, once the program has ended.
 */
export function showProgress(stream: Readable, { progress, log }: GenerateContext): () => Promise<void> {
  const ended = new AbortController();
  let line = '';
  let latest = '';
  let telling: Promise<void> | null = null;

  const reportLatest = async (): Promise<void> => {
    const text = latest;
    latest = '';
    try {
      await progress(text);
    } catch (error) {
      log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'progress not shown');
    }
  };
  const tell = async (): Promise<void> => {
    while (latest !== '') {
      await reportLatest();
      // Rejects at the end of the program, which this loop waits for.
      await delay(TELL_EVERY_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
    telling = null;
  };
  const endLine = (): void => {
    const text = cutText(line.trim(), LONGEST_PROGRESS);
    line = '';
    if (text === '') return;
    latest = text;
    telling ??= tell();
  };

  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    // A progress bar draws itself again after a carriage return.
    const [first = '', ...rest] = chunk.split(/[\r\n]/);
    line = (line + first).slice(0, LONGEST_LINE);
    for (const next of rest) {
      endLine();
      line = next.slice(0, LONGEST_LINE);
    }
  });
  stream.once('end', endLine);
  return async () => {
    ended.abort();
    await telling;
  };
}
