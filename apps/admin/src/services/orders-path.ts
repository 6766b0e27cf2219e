/** The list of the orders of a handler, a service or an agent. */
export function ordersPath(part: string, id: string): string {
  return `/orders?q=${encodeURIComponent(`${part}:"${id.replaceAll('"', '')}"`)}`;
}
