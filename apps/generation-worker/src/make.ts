import { randomBytes } from 'node:crypto';
import {
  DiskError,
  type GenerateContext,
  type Handler,
  keepMade,
  localDisk,
  type Made,
  mustTakeFiles,
  toProducts,
} from '@fulfillment/handlers';
import { permanent } from '@fulfillment/platform';
import { urlsOfOtherRounds } from '@fulfillment/shared';
import { begin } from './begin.ts';
import { callHandler } from './call-handler.ts';
import type { GenerateStep } from './generate.ts';
import { contextOf } from './handler-context.ts';

/**
 * Has the order's handler make a round, within its time limit, and keeps all of what it made on this machine's disk.
 * @throws StepError, permanent and before the handler is called, when the disk takes no files.
 */
export async function make(work: GenerateStep): Promise<Made> {
  const { generation, wanted, step, folder, context, unwanted } = work;
  try {
    await mustTakeFiles(folder);
    const begun = await begin(generation.runtime, generation.handlers, wanted, step);
    const { handler, order, record } = begun;
    context.log.info({ handler: handler.name, tryNumber: context.tryNumber }, 'generating');
    const secret = randomBytes(32).toString('hex');
    const { maxBytes } = generation.artifacts;
    const spool = localDisk({ folder, ...(maxBytes !== undefined && { maxBytes }) });
    const products = await callHandler(handler, context, unwanted, async (signal) => {
      const ctx = contextOf(work, begun, { spool, secret, signal });
      await mustBeFit(handler, ctx);
      return toProducts(await handler.generate(ctx), {
        artifacts: spool,
        order,
        round: step.round,
        usedUrls: urlsOfOtherRounds(record, step.round),
        secret,
        signal,
      });
    });
    const made = { handler: handler.name, attempt: step.attempt, madeAt: Date.now(), secret, products };
    return await keepMade(folder, made);
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const ofDisk = [error, cause].find((one) => one instanceof DiskError);
    if (ofDisk === undefined) throw error;
    throw permanent(
      `ARTIFACTS_DIR of the generation worker takes no files: ${ofDisk.message}. Make room there, or make it writable; then retry.`,
      error,
    );
  }
}

/** A brief that the handler refuses costs nothing. It was looked at before, in later rounds. */
async function mustBeFit(handler: Handler, ctx: GenerateContext): Promise<void> {
  if (ctx.round > 0) return;
  const answer = await handler.validate?.(ctx);
  if (answer) {
    throw permanent(
      `Handler "${handler.name}" refuses the brief: ${answer.refuse}. Settle it with the buyer on Atelier, then retry.`,
    );
  }
}
