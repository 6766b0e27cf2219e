import { cutText } from '../text/cut-text.ts';
import type { OrderSnapshot } from './order.ts';

/** The greatest length of the first words of a brief that replace a title, in UTF-16 units. */
const LONGEST_TITLE = 60;

/**
 * The name of an order for people: the title of its service. An order of a bounty has no title, so
 * the first words of its brief replace it.
 * @returns null when the order has neither. Untrusted text.
 */
export function orderTitle(order: Pick<OrderSnapshot, 'serviceTitle' | 'brief'>): string | null {
  return order.serviceTitle?.trim() || firstWords(order.brief) || null;
}

/** Takes only whole words if possible, and never splits a character that a reader sees as one. */
function firstWords(brief: string): string {
  const text = cutText(brief, 10 * LONGEST_TITLE)
    .replace(/\s+/g, ' ')
    .trim();
  if (text.length <= LONGEST_TITLE) return text;
  const head = cutText(text, LONGEST_TITLE - 1);
  const lastSpace = head.lastIndexOf(' ');
  return `${lastSpace > LONGEST_TITLE / 2 ? head.slice(0, lastSpace) : head.trimEnd()}…`;
}

/**
 * The name of the buyer, in a form that fits a message. Null: the buyer has no name. Untrusted
 * text.
 */
export function buyerName(
  order: Pick<OrderSnapshot, 'clientDisplayName' | 'clientName' | 'clientUsername'>,
): string | null {
  const names = [order.clientDisplayName, order.clientName, order.clientUsername];
  return names.map((name) => name?.trim()).find(Boolean) ?? null;
}

/**
 * A label that distinguishes the buyer from others: the name, else a shortened wallet. Null: the
 * marketplace shows neither.
 */
export function buyerLabel(order: OrderSnapshot): string | null {
  return buyerName(order) ?? shortened(order.clientWallet?.trim() ?? '');
}

const WALLET_HEAD = 6;
const WALLET_TAIL = 4;

function shortened(wallet: string): string | null {
  if (wallet.length <= WALLET_HEAD + WALLET_TAIL + 1) return wallet || null;
  return `${wallet.slice(0, WALLET_HEAD)}…${wallet.slice(-WALLET_TAIL)}`;
}
