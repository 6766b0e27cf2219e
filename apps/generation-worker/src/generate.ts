import { rm } from 'node:fs/promises';
import { findMade, InvalidOutputError, type Made, madeFolder } from '@fulfillment/handlers';
import { type JobContext, type LoadedRecord, permanent } from '@fulfillment/platform';
import { draftOf, type OrderRef, type Payload, type Product, type Step } from '@fulfillment/shared';
import { lookUp, type Wanted } from './begin.ts';
import type { Generation } from './generation.ts';
import { mustNotBeElsewhere } from './kept.ts';
import { make } from './make.ts';
import { needsReview } from './review.ts';
import { NoLongerWanted } from './running-work.ts';
import { storeMade } from './store-made.ts';

/** A step generate in hand. */
export interface GenerateStep {
  generation: Generation;
  wanted: Wanted;
  step: Step & { name: 'generate' };
  /** Where what is made is kept until it is recorded. */
  folder: string;
  context: JobContext;
  /** Aborted when the order no longer needs it. */
  unwanted: AbortSignal;
}

/**
 * The step `generate`: has the order's handler make the deliverables of a round, keeps what it made on this machine's disk, and has the
 * artifact store take it. What was made is not made again: whoever begins the step again goes on with storing.
 */
export async function generate(
  generation: Generation,
  payload: Payload<'generation', 'generate'>,
  context: JobContext,
): Promise<void> {
  const { runtime, running, artifactsDir } = generation;
  const { agentId, orderId, round, attempt } = payload;
  const ref: OrderRef = { agentId, orderId };
  const step = { name: 'generate', round, attempt } as const;
  const wanted = await lookUp(runtime, ref, step);
  let after: LoadedRecord | null = null;
  if (wanted !== null) {
    const folder = madeFolder(artifactsDir, orderId, round, draftOf(wanted.record, round));
    try {
      const fact = await running.whileWanted(ref, step, (unwanted) =>
        generated({ generation, wanted, step, folder, context, unwanted }),
      );
      after = await runtime.store.appendAndLoad(ref, [fact]);
      await rm(folder, { recursive: true, force: true });
      context.log.info({ products: fact.products.length, review: fact.review }, 'generated');
    } catch (error) {
      if (!(error instanceof NoLongerWanted)) throw error;
      context.log.info('generation aborted: no longer wanted');
    }
  }
  await runtime.reconciler.reconcile(ref, after);
}

async function generated(work: GenerateStep) {
  const { wanted, step, folder } = work;
  const { round } = step;
  const { made, products } =
    (await storedFromBefore(work, await findMade(folder))) ?? (await newlyMade(work));
  const review = await needsReview(work, made.handler);
  const draft = draftOf(wanted.record, round);
  return { type: 'generated', round, handler: made.handler, products, draft, review } as const;
}

interface Stored {
  made: Made;
  products: Product[];
}

/** @returns null when nothing is kept that the store takes, and the handler is to make it. */
async function storedFromBefore(work: GenerateStep, made: Made | null): Promise<Stored | null> {
  if (made === null) {
    await mustNotBeElsewhere(work.generation.artifactsDir, work.wanted.record, work.step);
    return null;
  }
  work.context.log.info({ handler: made.handler }, 'storing what was made before');
  try {
    return { made, products: await storeMade(work, made) };
  } catch (error) {
    if (!(error instanceof InvalidOutputError)) throw error;
    // What the store still does not take when an operator asks for the round again is to be made anew.
    if (work.step.attempt > made.attempt) return null;
    throw refused(made, error);
  }
}

async function newlyMade(work: GenerateStep): Promise<Stored> {
  const made = await make(work);
  try {
    return { made, products: await storeMade(work, made) };
  } catch (error) {
    throw error instanceof InvalidOutputError ? refused(made, error) : error;
  }
}

function refused({ handler }: Made, error: InvalidOutputError) {
  return permanent(
    `The artifact store does not take what handler "${handler}" made: ${error.message}. After a retry with another store it is stored there; else it is made again.`,
    error,
  );
}
