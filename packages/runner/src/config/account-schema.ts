import { isPasswordHash, ROLES } from '@fulfillment/shared';
import { z } from 'zod';

const NO_HASH = 'no password hash: is its environment variable set?';
/** A person of the configuration who may use the console. */
export const accountSchema = z.strictObject({
  name: z
    .string()
    .max(60)
    .regex(
      /^[^\s\p{C}](?:[^\p{C}]*[^\s\p{C}])?$/u,
      'must be 1 to 60 characters, without a space at either end',
    ),
  role: z.enum(ROLES),
  passwordHash: z
    .string(NO_HASH)
    .min(1, NO_HASH)
    .refine(isPasswordHash, 'is not a password hash. Make one with: pnpm fulfillment password'),
});
