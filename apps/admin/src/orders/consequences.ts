import {
  type Attention,
  type AttentionAction,
  attemptOf,
  byHandOf,
  generatedOf,
  type OrderRecord,
  parseStepKey,
  type StepId,
} from '@fulfillment/shared';
import { ACTION_LABELS } from './actions.ts';

/** What follows a generation. */
export const DELIVERS = 'Unless the handler asks for a review, the buyer gets the output at once.';
const ONCE = 'If Atelier shows it already, nothing is sent twice.';

/** What a retry of a step does. */
interface Retry {
  label: string;
  /** The consequence. Null: nothing costs money, and nobody else sees it. */
  consequence: string | null;
}

const RETRIES: Record<StepId['name'], Retry> = {
  price: {
    label: 'Set the price again',
    consequence: 'The handler sets a price, which may cost money. The buyer gets the quote at once.',
  },
  quote: { label: 'Send the quote again', consequence: `The buyer gets the quote. ${ONCE}` },
  generate: {
    label: 'Generate again and deliver',
    consequence: `The handler generates again, and its cost is spent again. ${DELIVERS}`,
  },
  publish: {
    label: 'Publish the files again',
    consequence: 'The files are uploaded again. The buyer then gets them at once.',
  },
  deliver: {
    label: 'Deliver again',
    consequence: `The buyer gets the files. A delivery cannot be taken back. ${ONCE}`,
  },
  payout_retry: {
    label: 'Ask Atelier to retry the payout',
    consequence: 'Atelier is asked to send the payout again. The request cannot be taken back.',
  },
  read: { label: 'Read again', consequence: null },
  send: {
    label: 'Send the message again',
    consequence: `The buyer gets the message. A sent message cannot be taken back. ${ONCE}`,
  },
};
/** An operator stopped the step, and its output arrived afterwards. */
const ARRIVED = 'Deliver the output that arrived';
/** A worker could not store the files of an operator. */
const BY_HAND: Retry = {
  label: 'Deliver the files by hand again',
  consequence:
    'The buyer gets the files at once. A delivery cannot be taken back. If the files are gone, the handler generates, and its cost is spent.',
};

/** What a retry of this step of the order does. Null: another version wrote the key. */
export function retryOf(stepKey: string, record: OrderRecord): Retry | null {
  const step = parseStepKey(stepKey);
  if (step === null) return null;
  if (step.name !== 'generate') return RETRIES[step.name];
  const generated = generatedOf(record, step.round);
  if (generated !== undefined) {
    const consequence = 'The buyer gets the output that arrived. A delivery cannot be taken back.';
    return { label: ARRIVED, consequence: generated.review ? null : consequence };
  }
  const { round } = step;
  const byHand = byHandOf(record, { round, attempt: attemptOf(record, step) });
  return byHand === null ? RETRIES.generate : BY_HAND;
}

/** A retry of a step that another version of the product knows. */
const UNKNOWN_STEP: Retry = {
  label: ACTION_LABELS.retry,
  consequence: 'The step runs again. Nothing that it sends to Atelier can be taken back.',
};

/** The consequences of the verdicts on a draft. */
export const VERDICT_CONSEQUENCES = {
  approve: 'The buyer gets these files now. A delivery cannot be taken back.',
  regenerate: 'The handler generates again, and its cost is spent again. This draft is not delivered.',
  refuse: 'Nothing is delivered.',
  refuseWithMessage:
    'Nothing is delivered. The buyer gets your reason, and a sent message cannot be taken back.',
} as const;

/**
 * What an action on an attention causes, if nobody can undo it: it spends money, sends something to
 * the marketplace, or removes the other actions for good.
 * @returns null when one press suffices.
 */
export function consequenceOf(item: Attention, action: AttentionAction, record: OrderRecord): string | null {
  switch (action) {
    case 'retry':
      if (!('stepKey' in item)) return null;
      return (retryOf(item.stepKey, record) ?? UNKNOWN_STEP).consequence;
    case 'release':
      return `A handler generates, which may cost money. ${DELIVERS}`;
    case 'retry_payout':
      return RETRIES.payout_retry.consequence;
    case 'acknowledge':
      return item.actions.length > 1
        ? 'The order does not ask for you again. The other actions are no longer offered.'
        : null;
    default:
      return VERDICT_CONSEQUENCES[action];
  }
}
