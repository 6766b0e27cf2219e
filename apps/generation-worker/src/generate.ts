import { rm } from 'node:fs/promises';
import { clearMade, findMade, InvalidOutputError, type Made, madeFolder } from '@fulfillment/artifacts';
import { permanent, type StepRun } from '@fulfillment/platform';
import { draftOf, type Fact, type FactOf, type Product } from '@fulfillment/shared';
import { wantedOf } from './begin.ts';
import type { GenerateStep, Generation } from './dependencies.ts';
import { needsReview } from './handler/needs-review.ts';
import { mustNotBeElsewhere } from './output/kept.ts';
import { make, type Refused } from './output/make.ts';
import { storeMade } from './output/store-made.ts';

/**
 * The step `generate`. The order's handler makes the deliverables of a round. The worker stages the
 * output on this machine's disk, and then stores it in the artifact store. Output that exists is
 * not regenerated: the next worker that begins the step continues with the storing.
 */
export async function generate(run: StepRun<'generate'>, generation: Generation): Promise<Fact[]> {
  const { running, runtime, artifactsDir } = generation;
  const { ref, step, job: context } = run;
  const wanted = wantedOf(run.record, runtime);
  if (wanted === null) return [];
  const folder = madeFolder(artifactsDir, ref.orderId, step.round, draftOf(wanted.record, step.round));
  const { fact, made, reviewFailure } = await running.whileWanted(run, (unwanted) =>
    generated({ generation, wanted, step, folder, context, unwanted }),
  );
  // The output leaves this disk only when the record has it.
  await run.append(...(reviewFailure === null ? [fact] : [reviewFailure, fact]));
  await (made === null ? rm(folder, { recursive: true, force: true }) : clearMade(folder, made));
  if (fact.type === 'refused') run.log.warn({ reason: fact.reason }, 'brief refused');
  else run.log.info({ products: fact.products.length, review: fact.review }, 'generated');
  return [];
}

/**
 * The outcome of the step. `made` is the part of the output that is still on this machine's disk.
 */
interface Generated {
  fact: FactOf<'generated' | 'refused'>;
  made: Made | null;
  /** Why the handler's review function gave no answer. Null: it answered, or was not asked. */
  reviewFailure: FactOf<'review_function_failed'> | null;
}

async function generated(work: GenerateStep): Promise<Generated> {
  const { wanted, step, folder } = work;
  const { round, attempt } = step;
  const stored = (await storedFromBefore(work, await findMade(folder))) ?? (await newlyMade(work));
  if ('refusal' in stored) {
    const { handler, refusal } = stored;
    const fact = { type: 'refused', handler, reason: refusal.refuse, step: 'generate', attempt } as const;
    return { fact, made: null, reviewFailure: null };
  }
  const { made, products } = stored;
  const { handler } = made;
  const draft = draftOf(wanted.record, round);
  const { reviewReason } = made;
  const output = { type: 'generated', round, handler, products, draft } as const;
  if (reviewReason !== undefined)
    return { fact: { ...output, review: true, reviewReason }, made, reviewFailure: null };
  const { isNeeded, failure } = await needsReview(work, handler);
  const reviewFailure =
    failure === null
      ? null
      : ({ type: 'review_function_failed', round, draft, handler, ...failure } as const);
  return { fact: { ...output, review: isNeeded }, made, reviewFailure };
}

interface Stored {
  made: Made;
  products: Product[];
}

/**
 * @returns null when nothing is kept that the store accepts, so the handler must generate the
 * output.
 */
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
    // If the store still rejects the output when an operator retries the round, the handler
    // generates the output again.
    if (work.step.attempt > made.attempt) return null;
    throw refused(made, error);
  }
}

async function newlyMade(work: GenerateStep): Promise<Stored | Refused> {
  const made = await make(work);
  if ('refusal' in made) return made;
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
