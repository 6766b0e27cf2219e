import type { Match } from '@fulfillment/handlers';
import { z } from 'zod';

const oneOrSeveral = z.union([z.string(), z.array(z.string()).readonly()]).optional();
const matchSchema = z.union([
  z.enum(['default', 'function']),
  z.object({
    agent: oneOrSeveral,
    serviceId: oneOrSeveral,
    category: oneOrSeveral,
    title: z.union([z.string(), z.object({ source: z.string(), flags: z.string() })]).optional(),
  }),
]);
const matchesSchema = z.array(z.object({ name: z.string(), match: matchSchema }));

/**
 * The orders that a handler is for, as data that any process can read. Of a match function, only
 * its presence is known: it is the operator's code, and needs an order.
 */
export type MatchData = z.infer<typeof matchSchema>;

/** A match that compares texts only. It runs no code of the operator, and cannot take long. */
type PlainMatch = 'default' | (Exclude<MatchData, string> & { title?: string | undefined });

/**
 * Whether any process can choose among these handlers. A match function is the operator's code, and
 * a pattern can run for minutes on some titles: only a process of handlers may run them.
 */
export function haveOnlyPlainMatches<H extends HandlerMatch>(
  handlers: readonly H[],
): handlers is readonly (H & { match: PlainMatch })[] {
  return handlers.every(
    ({ match }) => match === 'default' || (match !== 'function' && typeof match.title !== 'object'),
  );
}

/** A handler, as far as a process knows it that must not run the handler's code. */
export interface HandlerMatch {
  name: string;
  match: MatchData;
}

export function toMatchData(match: Match): MatchData {
  if (match === 'default') return match;
  if (typeof match === 'function') return 'function';
  const { title } = match;
  return { ...match, title: title instanceof RegExp ? { source: title.source, flags: title.flags } : title };
}

/** The text that `readMatches` reads. */
export function writeMatches(handlers: readonly HandlerMatch[]): string {
  return JSON.stringify(handlers.map(({ name, match }) => ({ name, match })));
}

/** Null for text that this version does not understand. */
export function readMatches(text: string): HandlerMatch[] | null {
  try {
    return matchesSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
