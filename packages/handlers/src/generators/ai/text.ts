import { rejectUnknownOptions } from '@fulfillment/shared';
import { type FinishReason, type LanguageModel, type LanguageModelUsage, streamText } from 'ai';
import { InvalidOutputError } from '../../errors.ts';
import type { GenerateContext, Output } from '../../types.ts';
import { type Guard, guardWith } from '../../untrusted/guard-text.ts';
import { withUnknownCost } from '../cost.ts';
import { brokenOff, callModel, rejectPartialAnswer } from './call-model.ts';
import { type Prompt, promptOf } from './prompt.ts';
import { type ReferencePolicy, referencesOf } from './references.ts';
import { estimated, type Prices, reportUsage, requireValidPrices, usedBy } from './usage.ts';

export interface AiTextOptions {
  /** A model of any provider of the AI SDK. */
  model: LanguageModel;
  /** The instructions of the model, in addition to the job: who it is, in which form it writes. */
  instructions?: string;
  /** Default `text/markdown`. */
  contentType?: string;
  /** Default: by the content type. */
  fileName?: string;
  /** The most tokens that it may write. Default: the model's own limit. */
  maxOutputTokens?: number;
  /**
   * Whether the model gets the content of the buyer's references: pages, other texts and images.
   * Default `'none'`.
   */
  references?: ReferencePolicy;
  prices?: Prices;
  /**
   * Whether an operator must review a round whose text holds marks of the prompt, a secret, or a
   * long verbatim run of the instructions (see `guardText`). The option `{ allowed }` names the
   * parts that the text must repeat. Default true.
   */
  guard?: Guard;
}

const OPTIONS = {
  model: true,
  instructions: true,
  contentType: true,
  fileName: true,
  maxOutputTokens: true,
  references: true,
  prices: true,
  guard: true,
} satisfies Record<keyof AiTextOptions, true>;
const INSTRUCTIONS =
  'You write what a buyer ordered. Answer with the finished text alone, without a word about it.';
/** How often progress is reported, in characters. */
const TELL_EVERY = 400;

/**
 * A `generate` that has a model write a text.
 * @throws TypeError at once, for an unknown option.
 * @throws the error that fails the attempt. PermanentError for a refusal, a text cut off at the
 * token limit, and a call that would be rejected again. An Error for a stream that breaks off.
 */
export function aiText(options: AiTextOptions): (ctx: GenerateContext) => Promise<Output> {
  const { instructions = INSTRUCTIONS, contentType = 'text/markdown', fileName } = options;
  const { references = 'none', guard = true } = options;
  rejectUnknownOptions('aiText', options, OPTIONS);
  requireValidPrices(options.prices);
  return withUnknownCost(async (ctx) => {
    const { prompt: asked, marks } = await promptOf(ctx, instructions, await referencesOf(ctx, references));
    const text = await callModel(ctx, () => write(ctx, options, asked));
    if (text.trim() === '') throw new InvalidOutputError('the model wrote nothing');
    const review = guardWith(guard, text, { instructions, marks });
    return { body: text, contentType, fileName: fileName ?? 'text', mediaType: 'text', review };
  }, options.prices === undefined);
}

async function write(
  ctx: GenerateContext,
  { model, maxOutputTokens, prices }: AiTextOptions,
  asked: Prompt,
): Promise<string> {
  const { stream } = streamText({
    model,
    ...asked,
    abortSignal: ctx.signal,
    maxRetries: 0,
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    // Errors come with the stream, and are thrown there. By default the AI SDK also prints them.
    onError: () => undefined,
  });
  let text = '';
  let told = 0;
  let failure: { error: unknown } | undefined;
  let finish: { usage: LanguageModelUsage; finishReason: FinishReason } | undefined;
  try {
    for await (const part of stream) {
      // The usage may arrive after the error.
      if (part.type === 'error') failure ??= { error: part.error };
      if (part.type === 'finish-step') finish = part;
      if (part.type !== 'text-delta') continue;
      text += part.text;
      if (text.length - told < TELL_EVERY) continue;
      told = text.length;
      await ctx.progress(`${told} characters`);
    }
  } catch (error) {
    failure ??= { error };
  }
  if (finish?.usage.outputTokens !== undefined)
    await reportUsage(ctx, { model, prices }, usedBy(finish.usage));
  else if (text !== '') await reportUsage(ctx, { model, prices }, estimated(asked, text));
  ctx.signal.throwIfAborted();
  if (failure !== undefined) throw text === '' ? failure.error : brokenOff(failure.error);
  rejectPartialAnswer(finish?.finishReason ?? 'error');
  return text;
}
