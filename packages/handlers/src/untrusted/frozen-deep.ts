/**
 * Freezes plain data and all that it holds. A handler that changes its order would change it for the next function that is
 * called with it, and for nobody else: the mistake must show at once.
 * @returns what it was given.
 */
export function frozenDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) frozenDeep(part);
  return value;
}
