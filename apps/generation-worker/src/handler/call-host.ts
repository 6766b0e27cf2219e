import type { HandlerLog } from '@fulfillment/handlers';
import type { CallHost } from '@fulfillment/runner';

/**
 * The host of a handler's call, which answers the requests that the call may make.
 * @param log receives the lines of the handler.
 */
export function hostOf(log: HandlerLog, requests: Partial<Omit<CallHost, 'log'>>): CallHost {
  const unexpected = async () => {
    throw new TypeError('this function of ctx is for generate only');
  };
  return {
    log: {
      info: (fields, message) => log.info(fields, message),
      warn: (fields, message) => log.warn(fields, message),
      error: (fields, message) => log.error(fields, message),
    },
    usage: unexpected,
    thread: unexpected,
    read: unexpected,
    store: unexpected,
    remember: unexpected,
    progress: unexpected,
    ...requests,
  };
}
