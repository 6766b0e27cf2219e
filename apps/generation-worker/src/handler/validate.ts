import type { Handler, HandlerContext, Refusal } from '@fulfillment/handlers';
import { permanent } from '@fulfillment/platform';

/**
 * Asks the handler whether it accepts a brief.
 * @returns the handler's refusal, or null when the handler accepts the brief or has no `validate`.
 * @throws StepError, permanent, for any other answer. Such an answer must not count as an
 * acceptance, nor as a price.
 */
export async function refusalOf(handler: Handler, ctx: HandlerContext): Promise<Refusal | null> {
  const answer: unknown = await handler.validate?.(ctx);
  if (answer === undefined || answer === null) return null;
  if (isRefusal(answer)) return answer;
  throw permanent(
    `Handler "${handler.name}" gave an answer to validate that is none. Return nothing to take the brief, or { refuse: 'why' }.`,
  );
}

/** Whether a handler's answer is a refusal. */
export function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === 'object' && answer !== null && typeof Object(answer).refuse === 'string';
}
