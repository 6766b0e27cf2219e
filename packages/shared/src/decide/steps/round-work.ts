import type { Attention } from '../../attention/attention.ts';
import type { Step } from '../../jobs/steps.ts';
import type { Policy } from '../../policy/policy.ts';
import { attemptOf } from '../../record/attempts.ts';
import { deliverablesOf } from '../../record/deliverables.ts';
import type { OrderRecord } from '../../record/record.ts';
import { generatedOf } from '../../record/review.ts';
import type { Round } from '../../record/rounds.ts';
import type { OrderStage } from '../decision.ts';
import { declineOf, raiseBriefDeclined } from '../declines.ts';
import { raiseStopped, requestStep, stopOf } from '../failures.ts';
import { messageStep } from './messages.ts';

/**
 * The work on a round: generate, unless the handler declines. Then publish each product that has no
 * public URL yet, and deliver.
 */
export function decideRoundWork(
  record: OrderRecord,
  policy: Policy,
  round: Round,
): { stage: OrderStage; steps: Step[]; attention: Attention[] } {
  const generate = { name: 'generate', round } as const;
  const attempted = { ...generate, attempt: attemptOf(record, generate) };
  // Output that arrived after the stop waits for the operator, too.
  const stop = stopOf(record, attempted, generatedOf(record, round)?.at);
  if (stop !== undefined) return { stage: 'held', steps: [], attention: [raiseStopped(stop)] };
  const name = nextStep(record, round);
  const declined = name === 'generate' && round === '0' ? declineOf(record, 'generate') : undefined;
  if (declined) {
    const message = messageStep(record, policy, { kind: 'refused', round });
    return { stage: 'held', steps: message, attention: [raiseBriefDeclined(record, declined)] };
  }
  const stage = ({ generate: 'generating', publish: 'publishing', deliver: 'delivering' } as const)[name];
  return { stage, ...requestStep(record, { name, round }) };
}

function nextStep(record: OrderRecord, round: Round): 'generate' | 'publish' | 'deliver' {
  if (!generatedOf(record, round)) return 'generate';
  return deliverablesOf(record, round) === null ? 'publish' : 'deliver';
}
