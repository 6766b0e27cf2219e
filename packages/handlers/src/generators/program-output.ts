import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { cutText } from '@fulfillment/shared';
import type { GenerateContext } from '../types.ts';

/** What is kept of a line, in characters: more than is shown, in case it begins with blanks. */
const LONGEST_LINE = 10_000;
const LONGEST_PROGRESS = 200;
const TELL_EVERY_MS = 1000;

/** @returns what gives the end of what a program writes, `limit` characters at most. */
export function collect(stream: Readable, limit: number): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    text = (text + chunk).slice(-limit);
  });
  return () => text;
}

/**
 * Shows the lines that a program writes as progress: the latest one, once a second at most. However much it writes, and whether it ever
 * ends a line, little of it is kept.
 * @returns what tells the last line, once the program has ended.
 */
export function showProgress(stream: Readable, { progress, log }: GenerateContext): () => Promise<void> {
  const ended = new AbortController();
  let line = '';
  let latest = '';
  let telling: Promise<void> | null = null;

  const tellLatest = async (): Promise<void> => {
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
      await tellLatest();
      // Rejects at the end of the program, which is what it waits for.
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
