import type { HandlerLog } from '@fulfillment/handlers';
import type { Logger } from '@fulfillment/platform';

/** The log a handler writes to: the job's, with the handler's name. */
export function handlerLog(log: Logger, handler: string): HandlerLog {
  const child = log.child({ handler });
  return {
    info: (fields, message) => child.info(fields, message),
    warn: (fields, message) => child.warn(fields, message),
    error: (fields, message) => child.error(fields, message),
  };
}
