import { generateImage, type ImageModel } from 'ai';
import type { GenerateContext, Output } from '../../types.ts';
import { callModel } from './call-model.ts';
import { type ReferencePolicy, referenceImages } from './references.ts';
import { type Prices, tellUsage } from './usage.ts';

export interface AiImageOptions {
  /** An image model of any provider of the AI SDK. */
  model: ImageModel;
  /** What stands before the brief in the prompt: a style, for example. */
  instructions?: string;
  /** The prompt, when the brief and the feedback in a row are not it. */
  prompt?: (ctx: GenerateContext) => string | Promise<string>;
  /** How many images are made of one brief. Default 1. */
  count?: number | ((ctx: GenerateContext) => number);
  size?: `${number}x${number}`;
  aspectRatio?: `${number}:${number}`;
  /** Whether the model gets the buyer's reference images, and in a revision the images delivered before. Default `'none'`. */
  references?: ReferencePolicy;
  prices?: Prices;
}

/** No order is worth more images than this; a count may come from a buyer's answer. */
const MAX_IMAGES = 20;

/**
 * A `generate` that has a model draw images.
 * @throws what makes the try fail: PermanentError for a refusal of the provider and for references that are required and cannot be had;
 * an Error when no image came.
 */
export function aiImage(options: AiImageOptions): (ctx: GenerateContext) => Promise<Output[]> {
  const { model, size, aspectRatio, prices, references = 'none' } = options;
  return async (ctx) => {
    const text = options.prompt ? await options.prompt(ctx) : defaultPrompt(ctx, options.instructions);
    const given = await referenceImages(ctx, references);
    const count = countOf(options, ctx);
    await ctx.progress(count === 1 ? 'the model draws' : `the model draws ${count} images`);
    const { images, usage } = await callModel(ctx, () =>
      generateImage({
        model,
        prompt: given.length > 0 ? { text, images: given } : text,
        n: count,
        abortSignal: ctx.signal,
        ...(size !== undefined && { size }),
        ...(aspectRatio !== undefined && { aspectRatio }),
      }),
    );
    await tellUsage(ctx, model, { ...usage, images: images.length }, prices);
    return images.map(({ uint8Array, mediaType }, index) => ({
      body: uint8Array,
      contentType: mediaType,
      fileName: images.length === 1 ? 'image' : `image-${index + 1}`,
      mediaType: 'image',
    }));
  };
}

function defaultPrompt({ order, feedback, note }: GenerateContext, instructions: string | undefined): string {
  return [
    instructions,
    order.brief,
    feedback === null ? undefined : `Change: ${feedback}`,
    note === null ? undefined : `Also: ${note}`,
  ]
    .filter((part) => part !== undefined && part !== '')
    .join('\n\n');
}

function countOf({ count = 1 }: AiImageOptions, ctx: GenerateContext): number {
  const wanted = typeof count === 'number' ? count : count(ctx);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > MAX_IMAGES) {
    throw new TypeError(`count must be a whole number from 1 to ${MAX_IMAGES}, and was ${wanted}`);
  }
  return wanted;
}
