/** A call that the marketplace counted, or refused with a 429, as its history tells. */
export interface MarketCall {
  /** When it arrived, in ms. */
  at: number;
  isRefused: boolean;
  /** A delivery or a quote. */
  earns: boolean;
  /** A poll or a message that could have been made later, or not at all: not a poll that found orders which nobody had told of. */
  couldWait: boolean;
}

/** What can wait, waits for the last half minute of an hour, and goes then: later it would take from the next. In windows. */
const LAST_MOMENT = 1 / 120;

/**
 * The deliveries and quotes that were refused while something was spent that could have waited: before the last moment of the
 * window, although a poll or message that could have waited until then was among the calls that used up the ceiling. What was
 * spent once the ceiling was reached took nothing from them.
 * @param calls of one address, in their order, from its first one on: a window begins with the first call that it counts.
 */
export function needlessRefusals(
  calls: readonly MarketCall[],
  { windowMs, ceiling }: { windowMs: number; ceiling: number },
): MarketCall[] {
  let begun = Number.NEGATIVE_INFINITY;
  let first: MarketCall[] = [];
  return calls.filter((call) => {
    if (call.isRefused) {
      const isEarly = call.at < begun + windowMs * (1 - LAST_MOMENT);
      return call.earns && isEarly && first.some(({ couldWait }) => couldWait);
    }
    if (call.at >= begun + windowMs) {
      begun = call.at;
      first = [];
    }
    if (first.length < ceiling) first.push(call);
    return false;
  });
}
