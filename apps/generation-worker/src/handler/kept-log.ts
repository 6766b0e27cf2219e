import type { HandlerLog } from '@fulfillment/handlers';
import { describeError, type HandlerLines, type Logger, type Runtime } from '@fulfillment/platform';
import type { OrderRef } from '@fulfillment/shared';

/** A call keeps so many lines for the order's page. The log of the worker has all of them. */
const MOST_LINES = 100;

interface KeptLog {
  runtime: Pick<Runtime, 'handlerLines'>;
  ref: OrderRef;
  handler: string;
  round: string;
}

type Level = Parameters<HandlerLines['add']>[1]['level'];

/**
 * The log of a handler's call. Its lines go to the worker's log, and the first of them also to the
 * order's page.
 */
export function keptLog(log: Logger, { runtime, ref, handler, round }: KeptLog): HandlerLog {
  let kept = 0;
  const write = (level: Level) => (fields: object, message: string) => {
    log[level](fields, message);
    if (kept >= MOST_LINES) return;
    kept += 1;
    const line = { at: Date.now(), level, handler, round, message: String(message), fields: textOf(fields) };
    runtime.handlerLines.add(ref, line).catch((error: unknown) => {
      log.debug({ reason: describeError(error) }, 'a line of a handler is not kept for the page');
    });
  };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}

/** A handler may log anything. */
function textOf(fields: unknown): string {
  if (typeof fields !== 'object' || fields === null || Object.keys(fields).length === 0) return '';
  try {
    return JSON.stringify(fields);
  } catch {
    return 'The fields cannot be shown.';
  }
}
