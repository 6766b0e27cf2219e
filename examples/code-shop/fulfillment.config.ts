/**
 * A shop that writes programs with a model. It delivers one file directly, and several files as an
 * archive.
 */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { defineConfig, defineHandler, fixedQuote } from '@fulfillment/handlers';
import { aiCode } from '@fulfillment/handlers/ai';

const provider = createOpenAICompatible({
  name: 'code',
  baseURL: process.env.MODEL_URL ?? 'https://api.openai.com/v1',
  apiKey: process.env.MODEL_KEY ?? '',
  supportsStructuredOutputs: true,
});

const shop = defineHandler({
  name: 'code shop',
  match: 'default',
  quote: fixedQuote('60'),
  generate: aiCode({
    model: provider(process.env.CODE_MODEL ?? 'gpt-5'),
    zipName: 'program.zip',
    prices: { inputPerMillion: 1.25, outputPerMillion: 10 },
  }),
  maxCostUsd: { order: 3 },
  timeLimitSeconds: 900,
});

export default defineConfig({ handlers: [shop] });
