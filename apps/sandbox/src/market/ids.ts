import { randomBytes } from 'node:crypto';

/** `svc_<random>`, `msg_<random>`, … */
export function newId(kind: string): string {
  return `${kind}_${randomBytes(8).toString('hex')}`;
}

/** The id of an order contains the time of its placement, in ms. */
export function newOrderId(now: number): string {
  return `ord_${now}_${randomBytes(5).toString('hex')}`;
}

/** The hash of a transaction on a chain. */
export function newTxHash(): string {
  return `0x${randomBytes(32).toString('hex')}`;
}

/**
 * The part of a page's address that names an agent or a service: `A picture` becomes
 * `a-picture-1f3c`.
 */
export function slugOf(text: string): string {
  const words = text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return `${words.replace(/^-|-$/g, '')}-${randomBytes(2).toString('hex')}`;
}
