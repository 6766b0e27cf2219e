import { reviewReasonOf, Staging, toProducts, writeManifest } from '@fulfillment/artifacts';
import type { Handler, HandlerContext, Refusal } from '@fulfillment/handlers';
import { formatPrice } from '@fulfillment/shared';
import { chooseHandler } from '../config/choose-handler.ts';
import { InvalidAnswerError } from '../errors.ts';
import type { CallKind, Calls, GenerateInput, HandlerInput, PriceInput } from './calls.ts';
import { contextOf, generateContextOf, type RunningCall } from './context.ts';

type Performers = {
  [K in CallKind]: (
    handlers: readonly Handler[],
    input: Calls[K]['input'],
    call: RunningCall,
  ) => Promise<Calls[K]['result']>;
};

/**
 * Runs the operator's code of a call, in the process that loaded the code. Each throws what the
 * code throws.
 */
export const PERFORMERS: Performers = {
  choose: async (handlers, { order, begun }) => chooseHandler(handlers, order, begun).name,
  validate: (handlers, input, call) => refusalOf(find(handlers, input), contextOf(input, call)),
  price: (handlers, input, call) => price(find(handlers, input), input, call),
  generate: (handlers, input, call) => generate(find(handlers, input), input, call),
  review: async (handlers, input, call) => {
    const { review = false } = find(handlers, input);
    return typeof review === 'boolean' ? review : Boolean(await review(contextOf(input, call)));
  },
};

function find(handlers: readonly Handler[], { handler: name }: HandlerInput): Handler {
  const handler = handlers.find((one) => one.name === name);
  if (handler === undefined) throw new Error(`handler "${name}" is not configured any more`);
  return handler;
}

async function price(
  handler: Handler,
  input: PriceInput,
  call: RunningCall,
): Promise<Calls['price']['result']> {
  const ctx = contextOf(input, call);
  const refusal = input.shouldValidate ? await refusalOf(handler, ctx) : null;
  if (refusal !== null) return refusal;
  const answer: unknown = await handler.quote?.(ctx);
  return isRefusal(answer) ? { refuse: answer.refuse } : { priceUsd: formatPrice(answer) };
}

async function generate(
  handler: Handler,
  input: GenerateInput,
  call: RunningCall,
): Promise<Calls['generate']['result']> {
  const { order, shouldValidate, staging } = input;
  const { folder, maxBytes, secret, round, usedUrls, mayBePrivate, ownUrl, attempt } = staging;
  const files = new Staging({ folder, orderId: order.id, round, secret, maxBytes });
  const ctx = generateContextOf(input, call, files);
  const refusal = shouldValidate ? await refusalOf(handler, ctx) : null;
  if (refusal !== null) return refusal;
  const outputs = await handler.generate(ctx);
  const products = await toProducts(outputs, {
    staging: files,
    round,
    usedUrls: new Set(usedUrls),
    signal: call.signal,
    mayBePrivate,
    ownUrl,
  });
  const reviewReason = reviewReasonOf(outputs);
  // The manifest comes first: a process that ends before anybody hears of the output would lose
  // paid work.
  return writeManifest(folder, {
    handler: handler.name,
    attempt,
    madeAt: Date.now(),
    secret,
    products,
    ...(reviewReason === undefined ? {} : { reviewReason }),
  });
}

/**
 * Asks the handler whether it accepts a brief.
 * @returns the handler's refusal, or null when the handler accepts the brief or has no `validate`.
 * @throws InvalidAnswerError for any other answer. Such an answer must not count as an acceptance.
 */
async function refusalOf(handler: Handler, ctx: HandlerContext): Promise<Refusal | null> {
  const answer: unknown = await handler.validate?.(ctx);
  if (answer === undefined || answer === null) return null;
  if (isRefusal(answer)) return { refuse: answer.refuse };
  throw new InvalidAnswerError(
    `Handler "${handler.name}" returned an invalid answer from validate. Return nothing to accept the brief, or { refuse: 'why' }.`,
  );
}

/** Whether a handler's answer is a refusal. */
export function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === 'object' && answer !== null && typeof Object(answer).refuse === 'string';
}
