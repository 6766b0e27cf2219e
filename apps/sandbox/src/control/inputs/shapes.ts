import { z } from 'zod';

/** The parts of what control calls take. A field that is not listed is refused, so that a typing error does not pass unnoticed. */

export const text = z.string();
export const count = z.number().int().nonnegative();
export const probability = z.number().min(0).max(1);
export const waitMs = z.number().min(0).max(600_000);
export const price = text.regex(/^\d+(\.\d{1,2})?$/, 'must be a decimal string like "20.00"');
/** Sellers of tests listen on this machine. */
export const endpoint = z.url({ protocol: /^https?$/ }).nullable();
