import type { z } from 'zod';

/** JSON that this or another version stored. Null: the text is missing or damaged. */
export function parsed(text: string | undefined | null): unknown {
  if (text === undefined || text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A value that this or another version stored. Null: the text is missing, damaged or different. */
export function readStored<S extends z.ZodType>(
  schema: S,
  text: string | undefined | null,
): z.output<S> | null {
  return schema.safeParse(parsed(text)).data ?? null;
}
