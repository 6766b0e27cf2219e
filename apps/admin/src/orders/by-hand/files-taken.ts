import {
  type Attention,
  type AttentionAction,
  attemptOf,
  type Decision,
  generatedOf,
  type OrderRecord,
  owedRound,
  parseStepKey,
  type Round,
} from '@fulfillment/shared';

/** An attention that files by hand answer. */
export interface FilesTaken {
  item: Attention;
  /** The files become the output of this round. */
  round: Round;
  /** The action on the attention that the files replace. */
  action: AttentionAction & ('retry' | 'regenerate' | 'release');
  /** The attempt at the round's generation that will store the files. */
  attempt: number;
}

/** What the order waits for that files by hand would answer. Null: nothing. */
export function filesTaken(order: {
  decision: Pick<Decision, 'attention'>;
  record: OrderRecord;
}): FilesTaken | null {
  for (const item of order.decision.attention) {
    const taken = filesTakenBy(item, order.record);
    if (taken !== null) return taken;
  }
  return null;
}

/**
 * How files by hand answer an attention: in place of a generation that failed, was stopped or is
 * held, and in place of a draft. Null: they do not. Output that was recorded after a stop cannot be
 * replaced, because it would be delivered.
 */
export function filesTakenBy(item: Attention, record: OrderRecord): FilesTaken | null {
  const round = roundOf(item);
  if (round === null) return null;
  const generate = { name: 'generate', round } as const;
  const attempt = attemptOf(record, generate);
  const isGenerated = generatedOf(record, round) !== undefined;
  switch (item.cause) {
    case 'failed':
    case 'stopped':
      return isGenerated ? null : { item, round, action: 'retry', attempt: attempt + 1 };
    case 'review':
    case 'draft_declined':
      return { item, round, action: 'regenerate', attempt: attempt + 1 };
    default: {
      // A quote that is held up owes no output yet.
      const isOwed = record.snapshot !== null && owedRound(record.snapshot) === round;
      return isOwed && !isGenerated && item.actions.includes('release')
        ? { item, round, action: 'release', attempt }
        : null;
    }
  }
}

/** The round whose output an attention is about. Null: it is about something else. */
function roundOf(item: Attention): Round | null {
  if (item.cause === 'failed' || item.cause === 'stopped') {
    const step = parseStepKey(item.stepKey);
    return step?.name === 'generate' ? step.round : null;
  }
  return 'round' in item ? item.round : null;
}
