const DEFINITION = Symbol('definition');

/**
 * Remembers where a handler is defined, for errors about its options.
 * @returns its argument. The place is in a property that is not enumerable.
 */
export function noteDefinition<H extends object>(handler: H): H {
  return Object.defineProperty(handler, DEFINITION, { value: new Error('only for its stack') });
}

/**
 * An error whose stack shows where a handler was defined, or undefined when `defineHandler` did not
 * make the handler.
 */
export function definitionOf(handler: unknown): Error | undefined {
  const isDefined = typeof handler === 'object' && handler !== null && DEFINITION in handler;
  return isDefined && handler[DEFINITION] instanceof Error ? handler[DEFINITION] : undefined;
}
