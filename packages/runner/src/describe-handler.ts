import type { Handler } from '@fulfillment/handlers';
import { type MatchData, toMatchData } from './config/match-data.ts';

/** The parts of a handler that are data, for the processes that do not run its code. */
export interface HandlerDescription
  extends Pick<Handler, 'name' | 'timeLimitSeconds' | 'attempts' | 'maxCostUsd' | 'quoteValidHours'> {
  match: MatchData;
  /** Whether the handler has a `quote` function. */
  canQuote: boolean;
  canValidate: boolean;
  review: boolean | 'function';
}

export function describeHandler(handler: Handler): HandlerDescription {
  const {
    name,
    match,
    timeLimitSeconds,
    attempts,
    maxCostUsd,
    quoteValidHours,
    quote,
    validate,
    review = false,
  } = handler;
  return {
    name,
    match: toMatchData(match),
    timeLimitSeconds,
    attempts,
    ...(maxCostUsd === undefined ? {} : { maxCostUsd }),
    ...(quoteValidHours === undefined ? {} : { quoteValidHours }),
    canQuote: quote !== undefined,
    canValidate: validate !== undefined,
    review: typeof review === 'function' ? 'function' : review,
  };
}
