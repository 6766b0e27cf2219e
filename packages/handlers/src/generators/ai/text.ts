import { type LanguageModel, streamText } from 'ai';
import { InvalidOutputError } from '../../errors.ts';
import type { GenerateContext, Output } from '../../types.ts';
import { callModel, mustBeWhole } from './call-model.ts';
import { promptOf } from './prompt.ts';
import { type Prices, tellUsage } from './usage.ts';

export interface AiTextOptions {
  /** A model of any provider of the AI SDK. */
  model: LanguageModel;
  /** What the model is told beside the job: who it is, in which form it writes. */
  instructions?: string;
  /** Default `text/markdown`. */
  contentType?: string;
  /** Default: by the content type. */
  fileName?: string;
  /** The most that it may write. Default: the model's own. */
  maxOutputTokens?: number;
  prices?: Prices;
}

const INSTRUCTIONS =
  'You write what a buyer ordered. Answer with the finished text alone, without a word about it.';
/** How often progress is told, in characters. */
const TELL_EVERY = 400;

/**
 * A `generate` that has a model write a text.
 * @throws what makes the try fail: PermanentError for a refusal, a text cut off at the limit of tokens, and a call that would be refused
 * again; an Error for a stream that breaks off.
 */
export function aiText(options: AiTextOptions): (ctx: GenerateContext) => Promise<Output> {
  const { model, instructions = INSTRUCTIONS, contentType = 'text/markdown', fileName } = options;
  return async (ctx) => {
    const asked = await promptOf(ctx, instructions);
    const text = await callModel(ctx, () => write(ctx, options, model, asked));
    if (text.trim() === '') throw new InvalidOutputError('the model wrote nothing');
    return { body: text, contentType, fileName: fileName ?? 'text', mediaType: 'text' };
  };
}

async function write(
  ctx: GenerateContext,
  { maxOutputTokens, prices }: AiTextOptions,
  model: LanguageModel,
  asked: { instructions: string; prompt: string },
): Promise<string> {
  const result = streamText({
    model,
    ...asked,
    abortSignal: ctx.signal,
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    // Errors come with the stream, and are thrown there; by default they are printed, too.
    onError: () => undefined,
  });
  let text = '';
  let told = 0;
  for await (const part of result.stream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'abort') ctx.signal.throwIfAborted();
    if (part.type !== 'text-delta') continue;
    text += part.text;
    if (text.length - told < TELL_EVERY) continue;
    told = text.length;
    await ctx.progress(`${told} characters`);
  }
  await tellUsage(ctx, model, await result.usage, prices);
  mustBeWhole(await result.finishReason);
  return text;
}
