import { placeOfError, type SourcePlace } from './source-place.ts';

const sites = new WeakMap<object, SourcePlace>();

/**
 * Remembers where a handler is defined, for errors about its options.
 * @returns its argument.
 */
export function noteSite<H extends object>(handler: H): H {
  const place = placeOfError(new Error('only for its stack'));
  if (place !== null) sites.set(handler, place);
  return handler;
}

/** Where a handler was defined, or undefined when `defineHandler` did not make the handler. */
export function siteOf(handler: unknown): SourcePlace | undefined {
  return typeof handler === 'object' && handler !== null ? sites.get(handler) : undefined;
}
