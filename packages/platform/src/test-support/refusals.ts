/** A call that the marketplace counted, or refused with a 429, by its history. */
export interface MarketCall {
  /** When the call arrived, in ms. */
  at: number;
  isRefused: boolean;
  /** A delivery or a quote. */
  earns: boolean;
  /**
   * A poll or a message that could have waited or been left out. A poll that found otherwise
   * unknown orders does not count.
   */
  couldWait: boolean;
}

/**
 * Calls that can wait go in the last half minute of an hour: later they would take calls from the
 * next window. In windows.
 */
const LAST_MOMENT = 1 / 120;

/** A window of the marketplace: it begins with the first call that it counts. */
export interface MarketWindow<C extends MarketCall> {
  begun: number;
  calls: C[];
}

/** @param calls of one address, in order, from its first call on. */
export function windowsOf<C extends MarketCall>(calls: readonly C[], windowMs: number): MarketWindow<C>[] {
  const windows: MarketWindow<C>[] = [];
  for (const call of calls) {
    const open = windows.at(-1);
    if (open !== undefined && (call.isRefused || call.at < open.begun + windowMs)) open.calls.push(call);
    else windows.push({ begun: call.at, calls: [call] });
  }
  return windows;
}

/**
 * The deliveries and quotes of a window that were refused needlessly: a poll or message took a call
 * that could have waited. Only refusals before the last moment of the window count, until which a
 * poll or message could have waited. Only calls that used up the ceiling count: later calls took
 * nothing from deliveries.
 */
export function needlessRefusals<C extends MarketCall>(
  { begun, calls }: MarketWindow<C>,
  { windowMs, ceiling }: { windowMs: number; ceiling: number },
): C[] {
  const first = calls.filter(({ isRefused }) => !isRefused).slice(0, ceiling);
  if (!first.some(({ couldWait }) => couldWait)) return [];
  const lastMoment = begun + windowMs * (1 - LAST_MOMENT);
  return calls.filter(({ at, isRefused, earns }) => isRefused && earns && at < lastMoment);
}
