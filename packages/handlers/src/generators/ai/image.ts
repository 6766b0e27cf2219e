import { createHash } from 'node:crypto';
import { artifactSchema, rejectUnknownOptions } from '@fulfillment/shared';
import { generateImage, type ImageModel } from 'ai';
import { z } from 'zod';
import type { GenerateContext, Output, SavedArtifact } from '../../types.ts';
import { withUnknownCost } from '../cost.ts';
import { callModel } from './call-model.ts';
import { imagePromptOf } from './prompt.ts';
import { type ReferencePolicy, referenceImages } from './references.ts';
import { modelName, type Prices, reportUsage, requireValidPrices } from './usage.ts';

export interface AiImageOptions {
  /** An image model of any provider of the AI SDK. */
  model: ImageModel;
  /** The text before the job in the prompt: a style, for example. */
  instructions?: string;
  /** The whole prompt, in place of instructions, brief, answers and feedback between marks. */
  prompt?: (ctx: GenerateContext) => string | Promise<string>;
  /** How many images are generated for one brief. Default 1. */
  count?: number | ((ctx: GenerateContext) => number);
  size?: `${number}x${number}`;
  aspectRatio?: `${number}:${number}`;
  /**
   * Whether the model gets the buyer's reference images, and in a revision the images delivered
   * before. Default `'none'`.
   */
  references?: ReferencePolicy;
  prices?: Prices;
}

const OPTIONS = {
  model: true,
  instructions: true,
  prompt: true,
  count: true,
  size: true,
  aspectRatio: true,
  references: true,
  prices: true,
} satisfies Record<keyof AiImageOptions, true>;
const INSTRUCTIONS = 'Make the picture that a buyer ordered.';
/** The limit for one order, because the count may come from a buyer's answer. */
const MAX_IMAGES = 20;
const rememberedSchema = z.object({ asked: z.string(), images: z.array(artifactSchema) });

/**
 * A `generate` that has a model draw images. If the model draws fewer images at once, the calls
 * follow one another. The images of each call are kept and remembered. A later attempt continues
 * from there, and pays for no image again.
 * @throws TypeError at once, for an unknown option.
 * @throws the error that fails the attempt. PermanentError for a refusal of the provider, and for
 * required references that cannot be fetched. An Error when no image came.
 */
export function aiImage(options: AiImageOptions): (ctx: GenerateContext) => Promise<Output[]> {
  const { model, size, aspectRatio, prices, references = 'none' } = options;
  rejectUnknownOptions('aiImage', options, OPTIONS);
  requireValidPrices(prices);
  return withUnknownCost(async (ctx) => {
    const count = countOf(options, ctx);
    const text = options.prompt
      ? await options.prompt(ctx)
      : imagePromptOf(ctx, options.instructions ?? INSTRUCTIONS);
    const given = await referenceImages(ctx, references);
    const asked = fingerprint(options, ctx, options.prompt ? text : '');
    const made = keptBefore(ctx, asked).slice(0, count);
    const atOnce = await imagesPerCall(model);
    while (made.length < count) {
      const n = Math.min(atOnce, count - made.length);
      await ctx.progress(
        count === 1 ? 'the model draws' : `the model draws image ${made.length + 1} of ${count}`,
      );
      const { images, usage } = await callModel(ctx, () =>
        generateImage({
          model,
          prompt: given.length > 0 ? { text, images: given } : text,
          n,
          maxImagesPerCall: n,
          maxRetries: 0,
          abortSignal: ctx.signal,
          ...(size !== undefined && { size }),
          ...(aspectRatio !== undefined && { aspectRatio }),
        }),
      );
      await reportUsage(ctx, { model, prices }, { ...usage, images: images.length });
      for (const { uint8Array, mediaType } of images.slice(0, n)) {
        const fileName = count === 1 ? 'image' : `image-${made.length + 1}`;
        made.push(
          await ctx.artifacts.save({
            body: uint8Array,
            contentType: mediaType,
            fileName,
            mediaType: 'image',
          }),
        );
      }
      await ctx.remember({ asked, images: made.map(({ artifact }) => artifact) });
    }
    return made;
  }, options.prices === undefined);
}

/** The images that an earlier attempt drew for the same request. */
function keptBefore({ remembered }: GenerateContext, asked: string): SavedArtifact[] {
  const kept = rememberedSchema.safeParse(remembered);
  if (!kept.success || kept.data.asked !== asked) return [];
  return kept.data.images.map((artifact) => ({ artifact, mediaType: 'image', url: null }));
}

/**
 * Distinguishes one generator's images from the images of another generator in the same handler.
 */
function fingerprint(options: AiImageOptions, ctx: GenerateContext, prompt: string): string {
  const { instructions, size, aspectRatio, model } = options;
  const asked = [modelName(model), instructions, size, aspectRatio, ctx.order.brief, ctx.feedback, prompt];
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex').slice(0, 16);
}

async function imagesPerCall(model: ImageModel): Promise<number> {
  if (typeof model === 'string') return 1;
  const most =
    typeof model.maxImagesPerCall === 'function'
      ? await model.maxImagesPerCall({ modelId: model.modelId })
      : model.maxImagesPerCall;
  return Math.max(most ?? 1, 1);
}

function countOf({ count = 1 }: AiImageOptions, ctx: GenerateContext): number {
  const wanted = typeof count === 'number' ? count : count(ctx);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > MAX_IMAGES) {
    throw new TypeError(`count must be a whole number from 1 to ${MAX_IMAGES}, and was ${wanted}`);
  }
  return wanted;
}
