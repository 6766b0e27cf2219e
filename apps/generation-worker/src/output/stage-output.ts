import { randomBytes } from 'node:crypto';
import { DiskError, findStagedOutput, type StagedOutput } from '@fulfillment/artifacts';
import type { Refusal } from '@fulfillment/handlers';
import { permanent } from '@fulfillment/platform';
import { HandlerProcessError, isRefusal, type Slot } from '@fulfillment/runner';
import { type Begun, begin } from '../begin.ts';
import type { GenerateStep } from '../dependencies.ts';
import { acquireSlot } from '../handler/acquire-slot.ts';
import { callHandler } from '../handler/call-handler.ts';
import { generateHost } from '../handler/generate-host.ts';
import { generateInputOf } from '../handler/generate-input.ts';
import { inTry } from '../handler/handler-try.ts';
import { diskFull, requireRoomOnDisk } from './room-on-disk.ts';

/** The handler does not accept the brief. */
export interface Declined {
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
export async function stageOutput(work: GenerateStep): Promise<StagedOutput | Declined> {
  const { generation, wanted, step, context } = work;
  const { runtime } = generation;
  try {
    await requireRoomOnDisk(work);
    const signal = AbortSignal.any([work.unwanted, context.signal]);
    using slot = await acquireSlot({ ...generation, record: wanted.record, step, signal });
    const begun = await begin({ runtime, slot, job: context }, wanted, step);
    context.log.info({ handler: begun.handler.name, tryNumber: context.tryNumber }, 'generating');
    const isDone = (result: StagedOutput | Declined) => !('refusal' in result);
    return await inTry({ runtime, begun, step, context, isDone }, () => callGenerate(work, begun, slot));
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const ofDisk = [error, cause].find((one) => one instanceof DiskError);
    if (ofDisk === undefined) throw error;
    generation.disk.distrust();
    throw permanent(
      `${diskFull(ofDisk)} The handler's output is lost. Then retry: the output is regenerated.`,
      error,
    );
  }
}

async function callGenerate(work: GenerateStep, begun: Begun, slot: Slot): Promise<StagedOutput | Declined> {
  const { folder, context, unwanted } = work;
  const { handler } = begun;
  const secret = randomBytes(32).toString('hex');
  try {
    const answer = await callHandler({
      slot,
      handler,
      job: context,
      unwanted,
      kind: 'generate',
      input: generateInputOf(work, begun, secret),
      host: (signal) => generateHost(work, begun, signal),
    });
    return isRefusal(answer) ? { handler: handler.name, refusal: answer } : answer;
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const output = cause instanceof HandlerProcessError ? await findStagedOutput(folder) : null;
    // The process ended after it had staged all of the output, so the output is paid for and whole.
    if (output?.secret !== secret) throw error;
    context.log.warn({ reason: cause }, 'the process of the handler ended after its output was staged');
    return output;
  }
}
