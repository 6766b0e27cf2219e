import { z } from 'zod';
import { stepName, stepNameOf } from '../text/labels.ts';
import { fact } from './define-fact.ts';
import { count, handlerStep, quoted, round, text } from './fields.ts';

/** A beginning of a step that calls a handler. `start` counts the beginnings, crashes included. */
const beginning = { step: handlerStep, round, attempt: count, start: count };

interface Beginning {
  step: z.output<typeof handlerStep>;
  round: string;
  attempt: number;
  start: number;
}

/** `step "Generate the first version"`, with the number of a later start. */
function named({ step, start, ...of }: Pick<Beginning, 'step' | 'round'> & { start?: number }): string {
  const name = `step "${stepName({ name: step, ...of })}"`;
  return start === undefined || start === 0 ? name : `${name}, start ${start + 1},`;
}

const keyOfBeginning = (of: Beginning) => [of.step, of.round, of.attempt, of.start];

/** The progress of the workers' steps, apart from their results. */
export const STEP_FACTS = {
  /** A worker began a step. */
  began: fact('began', {
    fields: { ...beginning, handler: text },
    key: keyOfBeginning,
    story: (of) => `handler "${of.handler}" begins ${named(of)}`.replace(/,$/, ''),
    side: 'ours',
    keep: 'always',
  }),

  /** The worker shut down in good order and returned the job, so this beginning is not a crash. */
  returned: fact('returned', {
    fields: beginning,
    key: keyOfBeginning,
    story: (of) =>
      `${named({ step: of.step, round: of.round })} is back in the queue, since its worker was stopped`,
    side: 'ours',
    keep: 'always',
  }),

  /**
   * A handler's try ended without a result. `stack`: the origin of its error, bounded and without
   * secrets.
   */
  try_failed: fact('try_failed', {
    fields: {
      ...beginning,
      kind: z.enum(['transient', 'permanent', 'throttled']),
      reason: text,
      stack: text,
    },
    key: keyOfBeginning,
    story: (of) => `${named(of)} failed: ${quoted(of.reason)}`,
    side: 'ours',
    keep: { newest: 20 },
    text: ({ reason }) => reason,
    isTrouble: () => true,
  }),

  /**
   * A worker's own trouble, such as a full disk, keeps it from beginning a step. The worker
   * retries. `start`: the number that this beginning would have.
   */
  held_up: fact('held_up', {
    fields: { ...beginning, reason: text },
    key: keyOfBeginning,
    story: (of) => `${named({ step: of.step, round: of.round })} cannot begin: ${quoted(of.reason)}`,
    side: 'ours',
    keep: 'always',
    text: ({ reason }) => reason,
  }),

  /**
   * A step waits because its service named a retry time. `index` counts the waits. `waitSeconds`
   * runs from this fact.
   */
  put_off: fact('put_off', {
    fields: {
      step: handlerStep,
      round,
      attempt: count,
      index: count,
      waitSeconds: z.number().positive(),
      reason: text,
    },
    key: (of) => [of.step, of.round, of.attempt, of.index],
    story: (of) =>
      `${named({ step: of.step, round: of.round })} waits ${Math.ceil(of.waitSeconds)} s: ${quoted(of.reason)}`,
    side: 'ours',
    keep: 'always',
    text: ({ reason }) => reason,
  }),

  /**
   * A step ended for good without its effect, and a human decides. `stepKey` names the step (see
   * `stepKey()`).
   */
  failed: fact('failed', {
    fields: { stepKey: text, attempt: count, reason: text },
    key: ({ stepKey, attempt }) => [stepKey, attempt],
    story: ({ stepKey, reason }) => `step "${stepNameOf(stepKey)}" failed for good: ${quoted(reason)}`,
    side: 'ours',
    keep: 'always',
    text: ({ reason }) => reason,
    isTrouble: () => true,
  }),

  /**
   * The marketplace rate-limited a step's call (429) for the first time. The step waits and is
   * retried.
   */
  rate_limited: fact('rate_limited', {
    fields: { stepKey: text, attempt: count, reason: text },
    key: ({ stepKey, attempt }) => [stepKey, attempt],
    story: ({ stepKey, reason }) =>
      `step "${stepNameOf(stepKey)}" waits for the marketplace's rate limit: ${quoted(reason)}`,
    side: 'marketplace',
    keep: 'always',
    text: ({ reason }) => reason,
  }),
};
