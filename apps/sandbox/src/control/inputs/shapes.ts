import { z } from 'zod';

/**
 * Shapes that the inputs of control calls share. Inputs reject unknown fields, so that a typing
 * error does not go unnoticed.
 */

export const text = z.string();
export const count = z.number().int().nonnegative();
export const probability = z.number().min(0).max(1);
export const waitMs = z.number().min(0).max(600_000);
export const price = text.regex(/^\d+(\.\d{1,2})?$/, 'must be a decimal string like "20.00"');
/** Test sellers listen on this machine. */
export const endpoint = z.url({ protocol: /^https?$/ }).nullable();
