import { cutText, rejectUnknownOptions, type Usage, usd } from '@fulfillment/shared';
import type { LanguageModelUsage } from 'ai';
import type { GenerateContext } from '../../types.ts';
import type { Prompt } from './prompt.ts';

/**
 * The prices of a model's provider, in USD. If they are given, each use is reported with its cost.
 */
export interface Prices {
  /** For a million tokens that the model reads. */
  inputPerMillion?: number;
  /** For a million input tokens that the provider has in its cache. Default: `inputPerMillion`. */
  cachedInputPerMillion?: number;
  /** For a million tokens that the model writes. */
  outputPerMillion?: number;
  perImage?: number;
}

/** Approximate, and for English. */
const CHARACTERS_OF_A_TOKEN = 4;

const PRICES = {
  inputPerMillion: true,
  cachedInputPerMillion: true,
  outputPerMillion: true,
  perImage: true,
} satisfies Record<keyof Prices, true>;

/**
 * @throws TypeError for a price that is unknown or not a number, because its use would cost
 * nothing.
 */
export function requireValidPrices(prices: Prices | undefined): void {
  if (prices === undefined) return;
  rejectUnknownOptions('prices', prices, PRICES);
  for (const [name, price] of Object.entries(prices)) {
    if (price === undefined || (Number.isFinite(price) && price >= 0)) continue;
    throw new TypeError(`prices.${name} must be a number of USD, not less than 0, and was ${String(price)}`);
  }
}

interface Used {
  inputTokens?: number | undefined;
  cachedInputTokens?: number | undefined;
  outputTokens?: number | undefined;
  images?: number;
  /** The provider did not report the usage. This is an estimate. */
  isEstimated?: boolean;
}

/**
 * Reports the usage of a call before its answer is processed. A paid call is reported, whatever its
 * answer is worth.
 */
export function reportUsage(
  ctx: GenerateContext,
  { model, prices }: { model: unknown; prices?: Prices | undefined },
  used: Used,
): Promise<void> {
  const what = `${modelName(model)}${used.isEstimated ? ' (estimated)' : ''}`;
  return ctx.usage({ what, ...counts(used), costUsd: costOf(used, prices) });
}

/**
 * The cost of a text whose usage the provider did not report, such as a text that was cut off. Such
 * a text is paid for, and counts against the limits.
 */
export function estimated({ instructions, messages }: Prompt, text: string): Used {
  const asked = messages.flatMap(({ content }) =>
    typeof content === 'string' ? [content] : content.map((part) => (part.type === 'text' ? part.text : '')),
  );
  return {
    inputTokens: tokensOf([instructions, ...asked].join('')),
    outputTokens: tokensOf(text),
    isEstimated: true,
  };
}

function tokensOf(text: string): number {
  return Math.ceil(text.length / CHARACTERS_OF_A_TOKEN);
}

/**
 * The usage of a language model as the AI SDK reports it. `inputTokens` includes the tokens from
 * the cache.
 */
export function usedBy({ inputTokens, inputTokenDetails, outputTokens }: LanguageModelUsage): Used {
  return { inputTokens, cachedInputTokens: inputTokenDetails?.cacheReadTokens, outputTokens };
}

function counts({
  inputTokens,
  cachedInputTokens,
  outputTokens,
  images,
}: Used): Omit<Usage, 'what' | 'costUsd'> {
  return {
    inputTokens: inputTokens ?? null,
    cachedInputTokens: cachedInputTokens ?? null,
    outputTokens: outputTokens ?? null,
    images: images ?? null,
  };
}

function costOf(used: Used, prices: Prices | undefined): number | null {
  if (prices === undefined) return null;
  const { inputTokens = 0, cachedInputTokens = 0 } = used;
  const { inputPerMillion, cachedInputPerMillion = inputPerMillion } = prices;
  const parts = [
    [Math.max(0, inputTokens - cachedInputTokens), inputPerMillion, 1_000_000],
    [cachedInputTokens, cachedInputPerMillion, 1_000_000],
    [used.outputTokens, prices.outputPerMillion, 1_000_000],
    [used.images, prices.perImage, 1],
  ] as const;
  return parts
    .reduce((sum, [count = 0, price = 0, per]) => sum.plus(usd(price).times(count).div(per)), usd(0))
    .toNumber();
}

export function modelName(model: unknown): string {
  if (typeof model === 'string') return model;
  const { modelId } = Object(model) as { modelId?: unknown };
  return typeof modelId === 'string' && modelId !== '' ? cutText(modelId, 150) : 'model';
}
