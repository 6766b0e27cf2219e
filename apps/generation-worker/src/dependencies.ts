import type { ArtifactStore, DiskProbe } from '@fulfillment/artifacts';
import type { HandlerOrder } from '@fulfillment/handlers';
import type { JobContext, LoadedRecord, RunningSteps, Runtime } from '@fulfillment/platform';
import type { Runner } from '@fulfillment/runner';
import type { OutputByHand, Step } from '@fulfillment/shared';

/** The dependencies of every step of this app. */
export interface Generation {
  runtime: Runtime;
  /** Runs the handlers. */
  runner: Runner;
  artifacts: ArtifactStore;
  /**
   * The folder ARTIFACTS_DIR. The worker keeps a handler's output below this folder until the store
   * has the output.
   */
  artifactsDir: string;
  /** Whether the disk of `artifactsDir` takes files. */
  disk: DiskProbe;
  running: RunningSteps;
  /** The time limit of a review function, in ms. */
  reviewWithinMs: number;
}

/** A step that the order needs, and the order's current record. */
export interface Wanted {
  record: LoadedRecord;
  order: HandlerOrder;
}

/** The dependencies of a running `generate` step, and the round that it works on. */
export interface GenerateStep {
  generation: Generation;
  wanted: Wanted;
  step: Step & { name: 'generate' };
  /** The operator's upload that is the output. Null: the handler generates it. */
  byHand: OutputByHand | null;
  /** The folder that keeps the output until the record has it. */
  folder: string;
  context: JobContext;
  /** Aborts when the order no longer needs the step. */
  unwanted: AbortSignal;
}
