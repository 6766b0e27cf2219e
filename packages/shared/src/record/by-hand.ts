import { stepKey } from '../jobs/step-key.ts';
import type { Step } from '../jobs/steps.ts';
import { attemptOf } from './attempts.ts';
import { factsOf, type OrderRecord } from './record.ts';
import { draftOf, type GenerationRequest, generationRequests } from './review.ts';

/** Files that an operator uploaded as the output of a round. */
export interface OutputByHand {
  /** Names the upload. */
  id: string;
  /** The operator's name. */
  by: string;
  /**
   * Whether this attempt began with the upload. Otherwise another request followed: the files are
   * stored if they are still there, and else a handler is called.
   */
  isOfAttempt: boolean;
}

/**
 * The last upload by hand for the current draft of a round, as seen by an attempt at its
 * generation. An upload whose attempt an operator stopped is withdrawn.
 */
export function byHandOf(record: OrderRecord, step: Pick<Step, 'round' | 'attempt'>): OutputByHand | null {
  const { round } = step;
  const generate = { name: 'generate', round } as const;
  if (attemptOf(record, generate) !== step.attempt) return null;
  const requests = generationRequests(record, round);
  const place = requests.findLastIndex(({ byHand }) => byHand !== undefined);
  const upload = requests[place];
  if (upload?.byHand === undefined) return null;
  const upToUpload = requests.slice(0, place + 1);
  // An upload for an earlier draft. It was delivered, or a handler generated that draft.
  if (upToUpload.filter(isDraft).length !== draftOf(record, round)) return null;
  const attempt = upToUpload.filter(beginsAttempt).length;
  const wasStopped = factsOf(record, 'operator_stopped').some(
    (stop) => stop.stepKey === stepKey(generate) && stop.attempt >= attempt,
  );
  if (wasStopped) return null;
  return { id: upload.byHand, by: upload.by, isOfAttempt: place === requests.length - 1 };
}

function isDraft({ type }: GenerationRequest): boolean {
  return type === 'reviewed';
}

/** A release continues the attempt that it holds. */
function beginsAttempt({ type }: GenerationRequest): boolean {
  return type !== 'operator_released';
}
