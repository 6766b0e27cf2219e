/**
 * Freezes plain data and everything inside it. If a handler changes its order, only the next
 * function with the same order would see the change. The mistake must show at once.
 * @returns its argument.
 */
export function frozenDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) frozenDeep(part);
  return value;
}
