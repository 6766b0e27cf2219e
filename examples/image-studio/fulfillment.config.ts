/**
 * A studio that draws images with a model. It charges by the image, limits its cost, and has an
 * operator review expensive orders.
 */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { defineConfig, defineHandler, type HandlerContext, perUnitQuote } from '@fulfillment/handlers';
import { aiImage } from '@fulfillment/handlers/ai';

const provider = createOpenAICompatible({
  name: 'images',
  baseURL: process.env.MODEL_URL ?? 'https://api.openai.com/v1',
  apiKey: process.env.MODEL_KEY ?? '',
});

/** The buyer's answer to "How many images?", limited to the number that the service sells. */
function imagesOf({ order }: Pick<HandlerContext, 'order'>): number {
  const wanted = Number(order.requirementAnswers.images ?? 1);
  return Number.isInteger(wanted) ? Math.min(Math.max(wanted, 1), 8) : 1;
}

const studio = defineHandler({
  name: 'image studio',
  match: { category: ['image_gen', 'brand_content'] },
  validate: ({ order }) =>
    order.brief.trim().length < 10 ? { refuse: 'the brief is too short to draw from' } : undefined,
  quote: perUnitQuote({ units: imagesOf, unitPriceUsd: '8', minimumUsd: '10' }),
  generate: aiImage({
    model: provider.imageModel(process.env.IMAGE_MODEL ?? 'gpt-image-1'),
    instructions: 'Clean composition, no text in the image.',
    count: imagesOf,
    references: 'optional',
    prices: { perImage: 0.04 },
  }),
  maxCostUsd: { order: 2, day: 50 },
  review: ({ order }) => Number(order.quotedPriceUsd ?? 0) >= 100,
  timeLimitSeconds: 600,
});

export default defineConfig({ handlers: [studio] });
