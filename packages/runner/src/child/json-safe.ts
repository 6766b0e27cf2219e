import { inspect } from 'node:util';
import { cutText, stackOf } from '@fulfillment/shared';

/** A log line is one line of a page or a terminal. In UTF-16 units of JSON. */
const LONGEST = 50_000;

/**
 * The fields of a log line as plain data. A value that JSON cannot hold becomes text: a log line
 * must never fail a handler.
 */
export function jsonSafe(fields: unknown): object {
  try {
    const json = JSON.stringify(fields, (_key, value: unknown) => {
      if (value instanceof Error) return { type: value.name, message: value.message, stack: stackOf(value) };
      return typeof value === 'bigint' ? String(value) : value;
    });
    if (json.length > LONGEST) return { fields: cutText(json, LONGEST) };
    const safe: unknown = JSON.parse(json);
    return typeof safe === 'object' && safe !== null ? safe : { fields: safe };
  } catch {
    return { fields: cutText(inspect(fields, { depth: 2 }), LONGEST) };
  }
}
