import { randomBytes } from 'node:crypto';

/** `svc_<random>`, `msg_<random>`, … */
export function newId(kind: string): string {
  return `${kind}_${randomBytes(8).toString('hex')}`;
}

/** Orders carry the time they were placed, in ms. */
export function newOrderId(now: number): string {
  return `ord_${now}_${randomBytes(5).toString('hex')}`;
}
