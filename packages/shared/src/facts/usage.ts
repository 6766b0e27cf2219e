import { z } from 'zod';
import { formatCost } from '../values/money.ts';

/** What a generation used of a paid service. Null: the handler did not report it. */
export const usageSchema = z.object({
  /** The model or service. */
  what: z.string().min(1).max(200),
  inputTokens: z.number().int().nonnegative().nullable().default(null),
  /** How many of `inputTokens` the provider read from its cache, which costs less. */
  cachedInputTokens: z.number().int().nonnegative().nullable().default(null),
  outputTokens: z.number().int().nonnegative().nullable().default(null),
  images: z.number().int().nonnegative().nullable().default(null),
  /** The cost in USD. */
  costUsd: z.number().nonnegative().nullable().default(null),
});
export type Usage = z.infer<typeof usageSchema>;

/** Usage for people: `1200 tokens in, 300 out, 0.0042 USD`. */
export function describeUsage({
  inputTokens,
  cachedInputTokens,
  outputTokens,
  images,
  costUsd,
}: Usage): string {
  const cached =
    cachedInputTokens === null || cachedInputTokens === 0 ? '' : ` (${cachedInputTokens} cached)`;
  const parts = [
    inputTokens === null ? null : `${inputTokens} tokens in${cached}`,
    outputTokens === null ? null : `${outputTokens} tokens out`,
    images === null ? null : `${images} image(s)`,
    costUsd === null ? 'cost unknown' : formatCost(costUsd),
  ];
  return parts.filter((part) => part !== null).join(', ');
}
