import { rm } from 'node:fs/promises';
import {
  byHandFolder,
  findStagedOutput,
  InvalidOutputError,
  removeStagedOutput,
  type StagedOutput,
  stagingFolder,
} from '@fulfillment/artifacts';
import { permanent, type StepRun } from '@fulfillment/platform';
import { byHandOf, draftOf, type Fact, type FactOf, handlerBegun, type Product } from '@fulfillment/shared';
import { wantedOf } from './begin.ts';
import type { GenerateStep, Generation } from './dependencies.ts';
import { needsReview } from './handler/needs-review.ts';
import { type Declined, stageOutput } from './output/stage-output.ts';
import { waitForOtherWorkersOutput } from './output/staged-elsewhere.ts';
import { storeStagedOutput } from './output/store-output.ts';

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
  const draft = { orderId: ref.orderId, round: step.round, draft: draftOf(wanted.record, step.round) };
  const byHand = byHandOf(wanted.record, step);
  const ofHandler = stagingFolder(artifactsDir, draft);
  const folder = byHand === null ? ofHandler : byHandFolder(artifactsDir, byHand.id);
  const { fact, output, reviewFailure } = await running.whileWanted(run, (unwanted) =>
    generated({ generation, wanted, step, byHand, folder, context, unwanted }),
  );
  // The output leaves this disk only when the record has it.
  await run.append(...(reviewFailure === null ? [fact] : [reviewFailure, fact]));
  await (output === null ? rm(folder, { recursive: true, force: true }) : removeStagedOutput(folder, output));
  // Output of the handler that the files by hand replace.
  if (byHand !== null) await rm(ofHandler, { recursive: true, force: true });
  if (fact.type === 'refused') run.log.warn({ reason: fact.reason }, 'brief refused');
  else run.log.info({ products: fact.products.length, review: fact.review }, 'generated');
  return [];
}

/**
 * The outcome of the step. `output` is the part of the output that is still on this machine's disk.
 */
interface Generated {
  fact: FactOf<'generated' | 'refused'>;
  output: StagedOutput | null;
  /** Why the handler's review function gave no answer. Null: it answered, or was not asked. */
  reviewFailure: FactOf<'review_function_failed'> | null;
}

async function generated(work: GenerateStep): Promise<Generated> {
  const { wanted, step, byHand, folder } = work;
  const { round, attempt } = step;
  const stored =
    (await storedFromBefore(work, await findStagedOutput(folder))) ?? (await generateAndStore(work));
  if ('refusal' in stored) {
    const { handler, refusal } = stored;
    const fact = { type: 'refused', handler, reason: refusal.refuse, step: 'generate', attempt } as const;
    return { fact, output: null, reviewFailure: null };
  }
  const { output, products } = stored;
  const { handler, reviewReason } = output;
  const draft = draftOf(wanted.record, round);
  const fact = { type: 'generated', round, handler, products, draft } as const;
  if (byHand !== null) {
    // The order stays with the handler that began it.
    const ofOrder = handlerBegun(wanted.record) ?? handler;
    const byOperator = { ...fact, handler: ofOrder, byHand: byHand.by, review: false };
    return { fact: byOperator, output, reviewFailure: null };
  }
  if (reviewReason !== undefined)
    return { fact: { ...fact, review: true, reviewReason }, output, reviewFailure: null };
  const { isNeeded, failure } = await needsReview(work, handler);
  const reviewFailure =
    failure === null
      ? null
      : ({ type: 'review_function_failed', round, draft, handler, ...failure } as const);
  return { fact: { ...fact, review: isNeeded }, output, reviewFailure };
}

const NOT_HERE =
  'The files by hand are not in the ARTIFACTS_DIR of this worker. The console and all workers must share one folder. Deliver them again, or retry to generate.';

interface Stored {
  output: StagedOutput;
  products: Product[];
}

/**
 * @returns null when nothing is kept that the store accepts, so the handler must generate the
 * output.
 */
async function storedFromBefore(work: GenerateStep, output: StagedOutput | null): Promise<Stored | null> {
  if (output === null && work.byHand !== null) throw permanent(NOT_HERE);
  if (output === null) {
    await waitForOtherWorkersOutput(work.generation.artifactsDir, work.wanted.record, work.step);
    return null;
  }
  work.context.log.info({ handler: output.handler }, 'storing the output of an earlier try');
  try {
    return { output, products: await storeStagedOutput(work, output) };
  } catch (error) {
    if (!(error instanceof InvalidOutputError)) throw error;
    // If the store still rejects the output when an operator retries the round, the handler
    // generates the output again.
    if (work.step.attempt > output.attempt) return null;
    throw rejected(output, error);
  }
}

async function generateAndStore(work: GenerateStep): Promise<Stored | Declined> {
  const output = await stageOutput(work);
  if ('refusal' in output) return output;
  try {
    return { output, products: await storeStagedOutput(work, output) };
  } catch (error) {
    throw error instanceof InvalidOutputError ? rejected(output, error) : error;
  }
}

function rejected({ handler }: StagedOutput, error: InvalidOutputError) {
  return permanent(
    `The artifact store rejects the output of handler "${handler}": ${error.message}. After a retry with another store, the output is stored there. Otherwise it is regenerated.`,
    error,
  );
}
