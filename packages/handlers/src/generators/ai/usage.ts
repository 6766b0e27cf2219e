import type { Usage } from '@fulfillment/shared';
import type { GenerateContext } from '../../types.ts';
import type { Prompt } from './prompt.ts';

/** What a model's provider asks, in USD. Given, each use is told with its cost. */
export interface Prices {
  /** For a million tokens that the model reads. */
  inputPerMillion?: number;
  /** For a million tokens that the model writes. */
  outputPerMillion?: number;
  perImage?: number;
}

/** Roughly, and for English. */
const CHARACTERS_OF_A_TOKEN = 4;

interface Used {
  inputTokens?: number | undefined;
  outputTokens?: number | undefined;
  images?: number;
  /** The provider told nothing: this is what it must have been, about. */
  isEstimated?: boolean;
}

/** Tells what a call used, before anything is made of its answer: what was paid for is told, whatever it is worth. */
export function tellUsage(
  ctx: GenerateContext,
  model: unknown,
  used: Used,
  prices: Prices | undefined,
): Promise<void> {
  const what = `${modelName(model)}${used.isEstimated ? ' (estimated)' : ''}`;
  return ctx.usage({ what, ...counts(used), costUsd: costOf(used, prices) });
}

/** What a text cost of which the provider told nothing, as one that was cut off: it is paid for, and counts against the limits. */
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

function counts({ inputTokens, outputTokens, images }: Used): Omit<Usage, 'what' | 'costUsd'> {
  return { inputTokens: inputTokens ?? null, outputTokens: outputTokens ?? null, images: images ?? null };
}

function costOf(used: Used, prices: Prices | undefined): number | null {
  if (prices === undefined) return null;
  const parts = [
    [used.inputTokens, prices.inputPerMillion, 1_000_000],
    [used.outputTokens, prices.outputPerMillion, 1_000_000],
    [used.images, prices.perImage, 1],
  ] as const;
  return parts.reduce((sum, [count = 0, price = 0, per]) => sum + (count * price) / per, 0);
}

export function modelName(model: unknown): string {
  if (typeof model === 'string') return model;
  const { modelId } = Object(model) as { modelId?: unknown };
  return typeof modelId === 'string' && modelId !== '' ? modelId.slice(0, 150) : 'model';
}
