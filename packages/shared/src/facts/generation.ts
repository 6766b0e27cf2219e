import { z } from 'zod';
import { roundName } from '../text/labels.ts';
import { fact } from './define-fact.ts';
import { count, draftSuffix, handlerStep, later, quoted, round, text } from './fields.ts';
import { productSchema } from './products.ts';
import { describeUsage, usageSchema } from './usage.ts';

/**
 * The handler calls that may cost money: a step, or the question whether an operator reviews a
 * draft.
 */
const costlyCall = z.enum(['price', 'generate', 'review']);
export type CostlyCall = z.infer<typeof costlyCall>;

/** Who caused a cost. */
const USER: Record<CostlyCall, (round: string) => string> = {
  price: () => 'pricing',
  generate: (of) => `generating ${roundName(of)}`,
  review: (of) => `deciding whether an operator reviews ${roundName(of)}`,
};

/** The answers, output and usage of handlers. */
export const GENERATION_FACTS = {
  /**
   * `validHours`: how long after the quote a paid order starts without an operator. Absent: without
   * limit.
   */
  priced: fact('priced', {
    fields: { handler: text, priceUsd: text, validHours: z.number().positive().optional() },
    key: () => [],
    story: ({ handler, priceUsd, validHours }) =>
      `handler "${handler}" asks $${priceUsd}${validHours === undefined ? '' : `, valid for ${validHours} h`}`,
    side: 'ours',
    keep: 'always',
  }),

  /**
   * The handler declines to quote, or declines the brief of a paid order before the first
   * generation.
   */
  refused: fact('refused', {
    fields: {
      handler: text,
      reason: text,
      step: handlerStep.default('price'),
      attempt: count.default(0),
    },
    key: ({ step, attempt }) => (step === 'price' && attempt === 0 ? [] : [step, attempt]),
    story: ({ handler, step, reason }) =>
      `handler "${handler}" declines ${step === 'price' ? 'to quote' : 'the brief'}: ${quoted(reason)}`,
    side: 'ours',
    keep: 'always',
    text: ({ reason }) => reason,
    isTrouble: () => true,
  }),

  /**
   * A call used something that costs money, whatever its outcome. `index` counts the reports of one
   * beginning.
   */
  used: fact('used', {
    fields: {
      ...usageSchema.shape,
      step: costlyCall.default('generate'),
      round,
      attempt: count,
      start: count,
      index: count,
    },
    key: (use) => [
      use.step === 'generate' ? undefined : use.step,
      use.round,
      use.attempt,
      use.start,
      use.index,
    ],
    story: (use) => `${USER[use.step](use.round)} used ${use.what}: ${describeUsage(use)}`,
    side: 'ours',
    // `costOf` adds up all of them.
    keep: 'always',
  }),

  /** Notes of a handler, as JSON, for the next start of its round. The last one counts. */
  remembered: fact('remembered', {
    fields: { round, attempt: count, start: count, index: count, json: text },
    key: (note) => [note.round, note.attempt, note.start, note.index],
    story: (note) => `the handler saved a note for ${roundName(note.round)}: ${quoted(note.json)}`,
    side: 'ours',
    keep: { newest: 1, per: (note) => `${note.round}:${note.attempt}` },
  }),

  /**
   * A worker keeps the output on its disk because the artifact store did not take it. `folder`
   * identifies that disk.
   */
  kept: fact('kept', {
    fields: { round, draft: count, attempt: count, folder: text, reason: text },
    key: (output) => [output.round, output.draft, output.attempt],
    story: (output) =>
      `the worker keeps the output of ${roundName(output.round)} until the artifact store accepts it: ${quoted(output.reason)}`,
    side: 'ours',
    keep: 'always',
    text: ({ reason }) => reason,
  }),

  /**
   * `draft`: how often an operator had the round regenerated before. `review`: an operator reviews
   * it before delivery.
   */
  generated: fact('generated', {
    fields: {
      round,
      handler: text,
      products: z.array(productSchema).min(1),
      draft: count.default(0),
      review: z.boolean().default(false),
      /**
       * Why the output itself demands a review. Such a round is never delivered without a review.
       */
      reviewReason: text.optional(),
      /** The operator whose files these are. The handler did not generate them. */
      byHand: text.optional(),
    },
    key: (output) => [output.round, later(output.draft)],
    story: ({ draft, products, ...output }) =>
      `generated ${roundName(output.round)}${draftSuffix(draft)}: ${products.map(({ mediaType }) => mediaType).join(', ')}`,
    side: 'ours',
    keep: 'always',
  }),

  /**
   * The handler's review function threw or exceeded its time limit, so an operator reviews the
   * draft. `stack`: the origin of the error, bounded and without secrets.
   */
  review_function_failed: fact('review_function_failed', {
    fields: { round, draft: count, handler: text, reason: text, stack: text },
    key: (of) => [of.round, of.draft],
    story: (of) =>
      `the review function of handler "${of.handler}" failed for ${roundName(of.round)}${draftSuffix(of.draft)}, which waits for a review: ${quoted(of.reason)}`,
    side: 'ours',
    keep: { newest: 20 },
    text: ({ reason }) => reason,
    isTrouble: () => true,
  }),
};
