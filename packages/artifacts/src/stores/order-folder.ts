import path from 'node:path';

/**
 * The name of an order's folder.
 * @throws TypeError for an id that would lead to the folder of all orders, or outside of it.
 */
export function orderFolder(orderId: string): string {
  if (path.basename(orderId) === orderId && !/^\.*$/.test(orderId)) return orderId;
  throw new TypeError(`"${orderId}" is not the id of an order`);
}
