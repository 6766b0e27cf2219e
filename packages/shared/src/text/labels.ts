import { parseAttentionKey } from '../attention/attention-key.ts';
import type { MessageKind, StepName } from '../facts/kinds.ts';
import { parseStepKey, type StepId } from '../jobs/step-key.ts';
import { answersDispute, type Round, revisionOf } from '../record/rounds.ts';

/** Names for people that replace the keys of steps, rounds, messages and attentions. */

/**
 * A round inside a sentence: `the first version`, `revision 1`, `the version after the dispute`.
 */
export function roundName(round: Round): string {
  const revision = revisionOf(round);
  if (answersDispute(round)) {
    return revision === 0
      ? 'the version after the dispute'
      : `the version after the dispute of revision ${revision}`;
  }
  return revision === 0 ? 'the first version' : `revision ${revision}`;
}

/** A round as a heading: `First version`, `Revision 1`, `After the dispute`. */
export function roundTitle(round: Round): string {
  return sentenceStart(
    roundName(round)
      .replace(/^the version /, '')
      .replace(/^the /, ''),
  );
}

const MESSAGE_NAMES: Record<MessageKind, string> = {
  delivered: 'the delivery message',
  revised: 'the revision message',
  dispute_received: 'the reply to the dispute',
  ask_feedback: 'the question what to change',
  delayed: 'the message about the delay',
  refused: 'the message that declines the order',
  reply: 'the reply to the buyer',
};

/** A message to the buyer: `the delivery message`, `the revision message for revision 1`. */
export function messageName(kind: MessageKind, round: Round): string {
  if (kind === 'reply') return MESSAGE_NAMES.reply;
  const isRevision = revisionOf(round) > 0 && !answersDispute(round);
  return isRevision ? `${MESSAGE_NAMES[kind]} for ${roundName(round)}` : MESSAGE_NAMES[kind];
}

const STEP_NAMES: Record<Exclude<StepName, 'send'>, (round: string) => string> = {
  price: () => 'Price the order',
  quote: () => 'Send the quote',
  generate: (round) => `Generate ${round}`,
  publish: (round) => `Upload ${round}`,
  deliver: (round) => `Deliver ${round}`,
  payout_retry: () => 'Ask Atelier to retry the payout',
  read: () => 'Read the order',
};

/** A step of any attempt: `Deliver the first version`, `Send the delivery message`. */
export function stepName(step: StepId): string {
  if (step.name !== 'send') return STEP_NAMES[step.name](roundName(step.round));
  return `Send ${messageName(step.kind, step.round)}`;
}

/** The name of a step by its key. A key of another version is returned unchanged. */
export function stepNameOf(key: string): string {
  const step = parseStepKey(key);
  return step === null ? key : stepName(step);
}

const ATTENTION_NAMES: Record<string, string> = {
  beyond_max_revisions: 'the revision beyond those included',
  brief_refused: 'the declined brief',
  completed_undelivered: 'the completion without a delivery',
  contradicted: 'the status that contradicts our write',
  disputed: 'the dispute',
  held_up: 'the step that cannot begin',
  no_brief: 'the missing brief',
  no_feedback: 'the revision without feedback',
  overwritten: 'the overwritten delivery',
  payout_already_paid: "Atelier's answer about the payout",
  payout_failed: 'the failed payout',
  payout_failed_early: 'the failed payout',
  payout_no_wallet: "Atelier's answer about the payout",
  payout_retry_rejected: "Atelier's answer about the payout",
  payout_unseen: 'the payout that nobody saw',
  put_off: 'the wait for a service',
  quote_expired: 'the expired quote',
  rate_limited: 'the rate limit',
  refused: 'the declined order',
  review: 'the draft',
  service_unknown: 'the unknown service',
  unknown_status: 'the unknown status',
  unread_message: "the buyer's messages",
  unreadable: 'the order that cannot be read',
};

/** The subject of an operator's decision, by the key of the attention. */
export function attentionName(key: string): string {
  const { prefix, stepKey } = parseAttentionKey(key);
  if (stepKey !== undefined) return `the failed step "${stepNameOf(stepKey)}"`;
  return ATTENTION_NAMES[prefix] ?? prefix.replaceAll('_', ' ');
}

/**
 * A name of ours or the marketplace's, without underscores: `revision_requested` → `revision
 * requested`.
 */
export function words(name: string): string {
  return name.replaceAll('_', ' ');
}

/** The text with a capital letter. */
export function sentenceStart(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
