import type { OrderRecord } from '../record.ts';
import { attemptOf, factsOf } from '../record.ts';
import type { Step } from '../steps.ts';
import { stepKey } from '../steps.ts';
import { type Attention, HOUR } from './decision.ts';

type StepWithoutAttempt = Step extends infer S ? (S extends Step ? Omit<S, 'attempt'> : never) : never;

/** A step that is missing: asked for, or, once it failed for good, an attention that offers to retry it. */
export function stepOrAttention(
  record: OrderRecord,
  step: StepWithoutAttempt,
): { steps: Step[]; attention: Attention[] } {
  const attempt = attemptOf(record, step);
  const failure = failureOf(record, stepKey(step), attempt);
  if (failure) return { steps: [], attention: [failure] };
  return { steps: [{ ...step, attempt } as Step], attention: [] };
}

/** The attention for a step that failed for good in the given attempt, or null. */
function failureOf(record: OrderRecord, key: string, attempt: number): Attention | null {
  const failed = factsOf(record, 'failed').find((fact) => fact.stepKey === key && fact.attempt === attempt);
  if (!failed) return null;
  return {
    key: `failed:${key}:${attempt}`,
    reason: failed.reason,
    actions: ['retry'],
    stepKey: key,
    attempt,
  };
}

/** An order that could not be read for this long is shown to the operator; reading goes on being tried. */
const READ_PATIENCE = HOUR;

/** What keeps an order from being read: a refusal for good, or failures for too long. */
export function readingTrouble(record: OrderRecord, now: number): Attention[] {
  const refused = failureOf(record, 'read:0', attemptOf(record, { name: 'read', round: '0' }));
  if (refused) return [refused];
  const failed = factsOf(record, 'read_failed').find((fact) => fact.observedAt === record.observedAt);
  if (!failed || now < failed.at + READ_PATIENCE) return [];
  const reason = `The order could not be read from the marketplace for over an hour: ${failed.reason}`;
  return [{ key: `unreadable:${record.observedAt}`, reason, actions: ['acknowledge'] }];
}
