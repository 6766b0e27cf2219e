import { z } from 'zod';

/**
 * A browser sends line breaks as CR LF. The buyer receives LF, as the operator typed the text, and
 * the length limits count LF.
 */
export const typedText = (longest: number) =>
  z
    .string()
    .transform((given) => given.replaceAll('\r\n', '\n').trim())
    .pipe(z.string().max(longest))
    .default('');
