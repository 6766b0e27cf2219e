import { describeError } from '@fulfillment/platform';
import { callHandler } from './call-handler.ts';
import type { GenerateStep } from './generate.ts';
import { handlerLog } from './handler-log.ts';
import { NoLongerWanted } from './running-work.ts';

/**
 * Whether an operator looks at what a handler made. What was made is not made again because nobody can say whether it must be looked
 * at: then it is looked at.
 */
export async function needsReview(
  { generation, wanted, context, unwanted }: GenerateStep,
  handlerName: string,
): Promise<boolean> {
  const handler = generation.handlers.find(({ name }) => name === handlerName);
  if (handler === undefined) return true;
  const { review = false } = handler;
  if (typeof review === 'boolean') return review;
  const log = handlerLog(context.log, handler.name);
  try {
    return Boolean(
      await callHandler(handler, context, unwanted, (signal) => review({ order: wanted.order, log, signal })),
    );
  } catch (error) {
    if (error instanceof NoLongerWanted || context.signal.aborted) throw error;
    log.error({ reason: describeError(error) }, 'the review function threw: the round waits for a review');
    return true;
  }
}
