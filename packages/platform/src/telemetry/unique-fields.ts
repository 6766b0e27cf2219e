import type { Logger } from 'pino';

/** The keys that pino writes itself, besides the bindings of a logger. */
const OWN_KEYS = ['level', 'time', 'pid', 'hostname', 'msg'];

/**
 * Keeps every key of a log line unique. Tools disagree about JSON with a duplicate key, and one of
 * the values is lost. A field with the same key and value as a binding of the logger is left out.
 * With another value, the field is written as `fields.<key>`.
 * @returns a function for the `logMethod` hook of pino.
 */
export function uniqueFields(): (this: Logger, fields: unknown) => unknown {
  const boundBy = new WeakMap<Logger, ReadonlyMap<string, unknown>>();
  return function (fields) {
    if (typeof fields !== 'object' || fields === null || fields instanceof Error) return fields;
    const bound = boundBy.get(this) ?? boundOf(this);
    boundBy.set(this, bound);
    const entries = Object.entries(fields);
    if (!entries.some(([key]) => bound.has(key))) return fields;
    return Object.fromEntries(
      entries.flatMap(([key, value]) => {
        if (!bound.has(key)) return [[key, value]];
        return bound.get(key) === value ? [] : [[`fields.${key}`, value]];
      }),
    );
  };
}

function boundOf(logger: Logger): ReadonlyMap<string, unknown> {
  const own = OWN_KEYS.map((key): [string, unknown] => [key, undefined]);
  return new Map([...own, ...Object.entries(logger.bindings())]);
}
