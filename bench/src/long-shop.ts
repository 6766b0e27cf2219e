import { type ExampleOrder, exampleShop } from '@fulfillment/example-shop';

const WEEK_MS = 7 * 24 * 3_600_000;
const WEEKS = 52;
/** Orders with these courses end within some weeks. The others wait for somebody without end. */
const ENDED = new Set(['paid_out', 'paid_out_after_revision', 'refunded', 'never_paid']);
/** Of the orders of a shop, in 300. */
const ENDED_OF_300 = 182;
/** A buyer returns once in a while. */
const ORDERS_A_BUYER = 4;

/**
 * A shop that has been open for a year: the 300 orders of the example shop, and `count` less 300
 * ended ones, evenly over the weeks before.
 * @param now in ms since the epoch.
 */
export function longShop(count: number, now: number): ExampleOrder[] {
  const current = exampleShop(300, now);
  const aWeek = Math.ceil((count - current.length) / WEEKS);
  const placed = Math.ceil((aWeek * 300) / ENDED_OF_300);
  const past = Array.from({ length: WEEKS }, (_, week) => {
    const ended = exampleShop(placed, now - (week + 1) * WEEK_MS).filter(({ plot }) => ENDED.has(plot));
    return ended.map((order, index) => {
      const place = week * aWeek + index;
      const { buyer } = ended[index - (place % ORDERS_A_BUYER)] ?? order;
      return { ...order, buyer: `${buyer} ${Math.floor(place / ORDERS_A_BUYER)}` };
    });
  });
  return [...current, ...past.flat().slice(0, count - current.length)];
}
