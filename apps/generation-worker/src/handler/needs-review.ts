import type { StagedOutput } from '@fulfillment/artifacts';
import { describeError } from '@fulfillment/platform';
import type { HandlerDescription, Slot } from '@fulfillment/runner';
import { factsOf, stackOf } from '@fulfillment/shared';
import type { GenerateStep } from '../dependencies.ts';
import { recordStagedElsewhere } from '../output/staged-elsewhere.ts';
import { usageOf } from '../spending.ts';
import { acquireSlot } from './acquire-slot.ts';
import { hostOf } from './call-host.ts';

export interface ReviewAnswer {
  /** Whether an operator must review the output. */
  isNeeded: boolean;
  /** The error of the handler's function. Null: it answered, or the question was aborted. */
  failure: { reason: string; stack: string } | null;
}

/**
 * Asks the handler whether an operator must review the output. The output is paid for, and a
 * missing answer must not cause it to be regenerated. So if the handler's function throws or takes
 * too long, an operator reviews the output. A handler that is no longer configured cannot answer.
 * Such a round is reviewed, too.
 * @param output the output, which is stored.
 * @throws when the process stops. The output is kept, and the next worker asks again.
 */
export async function needsReview(work: GenerateStep, output: StagedOutput): Promise<ReviewAnswer> {
  const { generation, wanted, step, context, unwanted } = work;
  const log = context.log.child({ handler: output.handler });
  const signal = AbortSignal.any([unwanted, context.signal]);
  try {
    using slot = await acquireSlot({ ...generation, record: wanted.record, step, signal });
    const handler = slot.handlers.find(({ name }) => name === output.handler);
    if (handler === undefined) return { isNeeded: true, failure: null };
    return { isNeeded: await askForReview(work, { slot, handler, signal }), failure: null };
  } catch (error) {
    if (context.signal.aborted) {
      await recordStagedElsewhere(work, output, 'its worker stopped');
      throw error;
    }
    const failure = { reason: describeError(error), stack: stackOf(error) };
    log.error(failure, 'the review function failed: the round waits for a review');
    // An order that no longer needs the step is not the handler's error.
    return { isNeeded: true, failure: signal.aborted ? null : failure };
  }
}

async function askForReview(
  { generation, wanted, step, context }: GenerateStep,
  { slot, handler, signal }: { slot: Slot; handler: HandlerDescription; signal: AbortSignal },
): Promise<boolean> {
  if (typeof handler.review === 'boolean') return handler.review;
  const { record, order } = wanted;
  const ref = { agentId: record.agentId, orderId: record.orderId };
  const { round, attempt } = step;
  const call = { step: 'review', round, attempt, start: 0 } as const;
  // A process that stopped before it recorded the handler's answer has the handler asked again.
  const before = factsOf(record, 'used').filter(
    (fact) => fact.step === call.step && fact.round === round && fact.attempt === attempt,
  );
  const log = context.log.child({ handler: handler.name });
  return slot.run({
    kind: 'review',
    input: { handler: handler.name, order },
    host: (ending) => {
      const reporting = { handler, ref, ...call, firstIndex: before.length, log, signal: ending };
      return hostOf(log, { usage: usageOf(generation.runtime, reporting) });
    },
    signal,
    timeLimitMs: generation.reviewWithinMs,
  });
}
