const definitions = new WeakMap<object, Error>();

/**
 * Remembers where a handler is defined, for errors about its options.
 * @returns its argument.
 */
export function noteDefinition<H extends object>(handler: H): H {
  definitions.set(handler, new Error('only for its stack'));
  return handler;
}

/**
 * An error whose stack shows where a handler was defined, or undefined when `defineHandler` did not
 * make the handler.
 */
export function definitionOf(handler: unknown): Error | undefined {
  return typeof handler === 'object' && handler !== null ? definitions.get(handler) : undefined;
}
