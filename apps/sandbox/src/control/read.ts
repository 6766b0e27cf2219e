import { z } from 'zod';
import { Refusal } from '../market/types.ts';

/** Reads a control call's body. @throws Refusal 400 that says what is wrong. */
export function read<S extends z.ZodType>(schema: S, body: unknown): z.infer<S> {
  const parsed = schema.safeParse(body ?? {});
  if (!parsed.success) throw new Refusal(400, z.prettifyError(parsed.error));
  return parsed.data;
}
