import type { Step } from '../../jobs/steps.ts';
import type { Policy } from '../../policy/policy.ts';
import { deliverablesOf } from '../../record/deliverables.ts';
import type { OrderRecord } from '../../record/record.ts';
import { generatedOf } from '../../record/review.ts';
import type { Round } from '../../record/rounds.ts';
import type { Attention, Stage } from '../decision.ts';
import { stepOrAttention } from '../failures.ts';
import { briefRefused, refusalOf } from '../refusing.ts';
import { messageStep } from './messaging.ts';

/**
 * The work on a round: generate, unless the handler refuses. Then publish each product that has no
 * public URL yet, and deliver.
 */
export function fulfilling(
  record: OrderRecord,
  policy: Policy,
  round: Round,
): { stage: Stage; steps: Step[]; attention: Attention[] } {
  const name = nextStep(record, round);
  const refused = name === 'generate' && round === '0' ? refusalOf(record, 'generate') : undefined;
  if (refused) {
    const message = messageStep(record, policy, 'refused', round);
    return { stage: 'held', steps: message, attention: [briefRefused(record, refused)] };
  }
  const stage = ({ generate: 'generating', publish: 'publishing', deliver: 'delivering' } as const)[name];
  return { stage, ...stepOrAttention(record, { name, round }) };
}

function nextStep(record: OrderRecord, round: Round): 'generate' | 'publish' | 'deliver' {
  if (!generatedOf(record, round)) return 'generate';
  return deliverablesOf(record, round) === null ? 'publish' : 'deliver';
}
