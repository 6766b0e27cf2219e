import {
  type Attention,
  type AttentionAction,
  generatedOf,
  type OrderRecord,
  parseStepKey,
  type StepId,
} from '@fulfillment/shared';

const DELIVERS = 'Unless the handler asks for a review, the buyer gets the output at once.';
const ONCE = 'If Atelier shows it already, nothing is sent twice.';

/** What a retry of a step causes. Null: nothing that costs money or that others see. */
const OF_RETRY: Record<StepId['name'], string | null> = {
  price: 'The handler sets a price, which may cost money. The buyer gets the quote at once.',
  quote: `The buyer gets the quote. ${ONCE}`,
  generate: `The handler generates again, and its cost is spent again. ${DELIVERS}`,
  publish: 'The files are uploaded again. The buyer then gets them at once.',
  deliver: `The buyer gets the files. A delivery cannot be taken back. ${ONCE}`,
  payout_retry: 'Atelier is asked to send the payout again. The request cannot be taken back.',
  read: null,
  send: `The buyer gets the message. A sent message cannot be taken back. ${ONCE}`,
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
      return 'stepKey' in item ? ofRetry(item.stepKey, record) : null;
    case 'release':
      return `A handler generates, which may cost money. ${DELIVERS}`;
    case 'retry_payout':
      return OF_RETRY.payout_retry;
    case 'acknowledge':
      return item.actions.length > 1
        ? 'The order does not ask for you again. The other actions are no longer offered.'
        : null;
    default:
      return VERDICT_CONSEQUENCES[action];
  }
}

function ofRetry(stepKey: string, record: OrderRecord): string | null {
  const step = parseStepKey(stepKey);
  if (step === null) return 'The step runs again. Nothing that it sends to Atelier can be taken back.';
  const generated = step.name === 'generate' ? generatedOf(record, step.round) : undefined;
  if (generated === undefined) return OF_RETRY[step.name];
  // An operator stopped the step, and its output arrived afterwards.
  return generated.review ? null : 'The buyer gets the output that arrived. A delivery cannot be taken back.';
}
