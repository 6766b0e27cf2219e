import type { HandlerLog } from '@fulfillment/handlers';
import { describeError, type HandlerLine, type Logger, type Runtime } from '@fulfillment/platform';
import { jsonSafe } from '@fulfillment/runner';
import type { OrderRef } from '@fulfillment/shared';

/** So many lines of each kind wait for their turn. Later lines replace the oldest ones. */
const MOST_WAITING = 100;

interface KeptLog {
  runtime: Pick<Runtime, 'handlerLines'>;
  ref: OrderRef;
  handler: string;
  round: string;
}

/** The log of a handler's call. Its lines go to the worker's log, and to the order's page. */
export function keptLog(log: Logger, { runtime, ref, handler, round }: KeptLog): HandlerLog {
  const page = new PageLines(async (lines) => {
    await runtime.handlerLines.add(ref, ...lines).catch((error: unknown) => {
      log.debug({ reason: describeError(error) }, 'some lines of a handler are not kept for the page');
    });
  });
  const write = (level: HandlerLine['level']) => (fields: object, message: string) => {
    log[level](fields, message);
    const texts = { message: String(message ?? ''), fields: textOf(fields) };
    page.add({ at: Date.now(), level, handler, round, ...texts });
  };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}

/**
 * Writes lines in batches, one batch at a time. So a handler that logs without end fills neither
 * the memory nor the connection to Redis.
 */
class PageLines {
  readonly #write: (lines: HandlerLine[]) => Promise<void>;
  #waiting: HandlerLine[] = [];
  #isWriting = false;

  /** @param write must not reject. */
  constructor(write: (lines: HandlerLine[]) => Promise<void>) {
    this.#write = write;
  }

  add(line: HandlerLine): void {
    this.#waiting.push(line);
    const isSameKind = ({ level }: HandlerLine) => (level === 'info') === (line.level === 'info');
    if (this.#waiting.filter(isSameKind).length > MOST_WAITING)
      this.#waiting.splice(this.#waiting.findIndex(isSameKind), 1);
    if (!this.#isWriting) void this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) await this.#write(this.#waiting.splice(0));
    this.#isWriting = false;
  }
}

/** A handler may log anything, also an error in place of the fields. */
function textOf(fields: unknown): string {
  if (typeof fields !== 'object' || fields === null) return '';
  const text = JSON.stringify(jsonSafe(fields));
  return text === '{}' ? '' : text;
}
