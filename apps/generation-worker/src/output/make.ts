import { randomBytes } from 'node:crypto';
import { DiskError, keepMade, type Made, reviewReasonOf, spoolIn, toProducts } from '@fulfillment/artifacts';
import type { Refusal } from '@fulfillment/handlers';
import { permanent } from '@fulfillment/platform';
import { draftOf, isReleased, type OrderRecord, urlsOfOtherRounds } from '@fulfillment/shared';
import { begin } from '../begin.ts';
import type { GenerateStep } from '../dependencies.ts';
import { callHandler } from '../handler/call-handler.ts';
import { contextOf } from '../handler/handler-context.ts';
import { inTry } from '../handler/handler-try.ts';
import { refusalOf } from '../handler/validate.ts';
import { diskFull, mustHaveRoom } from './room-on-disk.ts';

/** The handler does not accept the brief. */
export interface Refused {
  handler: string;
  refusal: Refusal;
}

/**
 * Has the order's handler generate a round within its time limit, and stages all of the output on
 * this machine's disk.
 * @throws StepError, throttled, before the handler is called, while the disk takes no files. The
 * error is permanent when the disk is full afterwards: the output is lost then, and no new output
 * may be paid for without a human.
 */
export async function make(work: GenerateStep): Promise<Made | Refused> {
  const { generation, wanted, step, folder, context, unwanted } = work;
  try {
    await mustHaveRoom(work);
    const begun = await begin(generation, wanted, step);
    const { handler, order, record } = begun;
    context.log.info({ handler: handler.name, tryNumber: context.tryNumber }, 'generating');
    const secret = randomBytes(32).toString('hex');
    const spool = spoolIn(folder, generation.artifacts.maxBytes);
    const call = async (signal: AbortSignal) => {
      const ctx = contextOf(work, begun, { spool, secret, signal });
      const refusal = isLookedAt(record, step.round) ? await refusalOf(handler, ctx) : null;
      if (refusal !== null) return refusal;
      const outputs = await handler.generate(ctx);
      const products = await toProducts(outputs, {
        artifacts: spool,
        orderId: order.id,
        round: step.round,
        usedUrls: urlsOfOtherRounds(record, step.round),
        secret,
        signal,
        mayBePrivate: generation.runtime.policy.privateUrls === 'deliver',
        ownUrl: generation.runtime.settings.PUBLIC_URL,
      });
      return { products, reviewReason: reviewReasonOf(outputs) };
    };
    const isDone = (result: Made | Refused) => !('refusal' in result);
    return await inTry({ runtime: generation.runtime, begun, step, context, isDone }, async () => {
      const answer = await callHandler(handler, context, unwanted, call);
      if ('refuse' in answer) return { handler: handler.name, refusal: answer };
      const { name } = handler;
      // The disk comes first: Redis may be away, and a process that stops then would lose paid
      // work.
      return keepMade(folder, {
        handler: name,
        attempt: step.attempt,
        madeAt: Date.now(),
        secret,
        ...answer,
      });
    });
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const ofDisk = [error, cause].find((one) => one instanceof DiskError);
    if (ofDisk === undefined) throw error;
    throw permanent(
      `${diskFull(ofDisk)} What the handler made is lost. Then retry: it is made again.`,
      error,
    );
  }
}

/**
 * Whether `validate` checks the brief. It does so once, before the order costs anything, unless an
 * operator accepted the order in spite of the refusal.
 */
function isLookedAt(record: OrderRecord, round: string): boolean {
  return round === '0' && draftOf(record, round) === 0 && !isReleased(record, round, 'brief_declined');
}
