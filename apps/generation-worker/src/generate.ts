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
import {
  byHandOf,
  draftOf,
  type Fact,
  type FactOf,
  handlerBegun,
  isOutputByHand,
  type Product,
} from '@fulfillment/shared';
import { wantedOf } from './begin.ts';
import type { GenerateStep, Generation } from './dependencies.ts';
import { needsReview } from './handler/needs-review.ts';
import { type Declined, stageOutput } from './output/stage-output.ts';
import { waitForOtherWorkersOutput } from './output/staged-elsewhere.ts';
import { describeOutput, storeStagedOutput } from './output/store-output.ts';

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
  const { orderId } = ref;
  const { round } = step;
  const ofHandler = stagingFolder(artifactsDir, { orderId, round, draft: draftOf(wanted.record, round) });
  const byHand = byHandOf(wanted.record, step);
  const ofUpload = byHand === null ? null : byHandFolder(artifactsDir, orderId, byHand.id);
  const { fact, output, reviewFailure } = await running.whileWanted(run, async (unwanted) => {
    const work = { generation, wanted, step, context, unwanted };
    const byOperator = ofUpload === null ? null : await uploaded({ ...work, byHand, folder: ofUpload });
    return byOperator ?? generated({ ...work, byHand: null, folder: ofHandler });
  });
  // The output leaves this disk only when the record has it.
  await run.append(...(reviewFailure === null ? [fact] : [reviewFailure, fact]));
  const [used, other] =
    ofUpload !== null && isOutputByHand(fact) ? [ofUpload, ofHandler] : [ofHandler, ofUpload];
  await (output === null ? rm(used, { recursive: true, force: true }) : removeStagedOutput(used, output));
  // Output that was not delivered.
  if (other !== null) await rm(other, { recursive: true, force: true });
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

/** The output of a handler, stored. */
async function generated(work: GenerateStep): Promise<Generated> {
  const { wanted, step, folder } = work;
  const { round, attempt } = step;
  const kept = await findStagedOutput(folder);
  if (kept === null) await waitForOtherWorkersOutput(work.generation.artifactsDir, wanted.record, step);
  const stored = (kept && (await storedFromBefore(work, kept))) ?? (await generateAndStore(work));
  if ('refusal' in stored) {
    const { handler, refusal } = stored;
    const fact = { type: 'refused', handler, reason: refusal.refuse, step: 'generate', attempt } as const;
    return { fact, output: null, reviewFailure: null };
  }
  const { output, products } = stored;
  const { handler, reviewReason } = output;
  const draft = draftOf(wanted.record, round);
  const fact = { type: 'generated', round, handler, products, draft } as const;
  if (reviewReason !== undefined)
    return { fact: { ...fact, review: true, reviewReason }, output, reviewFailure: null };
  const { isNeeded, failure } = await needsReview(work, output);
  const reviewFailure =
    failure === null
      ? null
      : ({ type: 'review_function_failed', round, draft, handler, ...failure } as const);
  return { fact: { ...fact, review: isNeeded }, output, reviewFailure };
}

const NOT_HERE =
  'The files by hand are not in the ARTIFACTS_DIR of this worker. The console and all workers must share one folder. Deliver them again, or retry to generate.';

/**
 * The files that an operator uploaded, stored.
 * @returns null when a retry followed, and the files are gone or the store still rejects them. The
 * handler then generates the output.
 */
async function uploaded(work: GenerateStep): Promise<Generated | null> {
  const { wanted, step, byHand, folder } = work;
  const { round } = step;
  const output = await findStagedOutput(folder);
  if (output === null && byHand?.isOfAttempt) throw permanent(NOT_HERE);
  const stored = output && (await storedFromBefore(work, output));
  if (stored === null || byHand === null) return null;
  // The order stays with the handler that began it.
  const handler = handlerBegun(wanted.record) ?? stored.output.handler;
  const draft = draftOf(wanted.record, round);
  const { products } = stored;
  const by = { byHand: byHand.by, review: false };
  const fact = { type: 'generated', round, handler, products, draft, ...by } as const;
  return { fact, output: stored.output, reviewFailure: null };
}

interface Stored {
  output: StagedOutput;
  products: Product[];
}

/** @returns null when the store rejected the output before, and still rejects it after a retry. */
async function storedFromBefore(work: GenerateStep, output: StagedOutput): Promise<Stored | null> {
  work.context.log.info({ handler: output.handler }, 'storing the output of an earlier try');
  try {
    return { output, products: await storeStagedOutput(work, output) };
  } catch (error) {
    if (!(error instanceof InvalidOutputError)) throw error;
    // If the store still rejects the output when an operator retries the round, the handler
    // generates the output again.
    if (work.step.attempt > output.attempt) return null;
    throw rejected(work, output, error);
  }
}

async function generateAndStore(work: GenerateStep): Promise<Stored | Declined> {
  const output = await stageOutput(work);
  if ('refusal' in output) return output;
  try {
    return { output, products: await storeStagedOutput(work, output) };
  } catch (error) {
    throw error instanceof InvalidOutputError ? rejected(work, output, error) : error;
  }
}

function rejected(work: GenerateStep, output: StagedOutput, error: InvalidOutputError) {
  return permanent(
    `The artifact store rejects the ${describeOutput(work, output)}: ${error.message}. After a retry with another store, it is stored there. Otherwise the handler generates the output.`,
    error,
  );
}
