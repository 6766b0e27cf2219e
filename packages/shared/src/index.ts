export * from './absence.ts';
export * from './api-key.ts';
export * from './artifacts-dir.ts';
export * from './configuration-error.ts';
export * from './decide/decide.ts';
export {
  ATTENTION_ACTIONS,
  type Attention,
  type AttentionAction,
  type Decision,
  HOUR,
  MINUTE,
  SECOND,
  STAGES,
  type Stage,
  type Unread,
} from './decide/decision.ts';
export { quoteDueAt } from './decide/due.ts';
export { canProceedUnread, readAgainAt } from './decide/failures.ts';
export { holdUpOf } from './decide/held-up.ts';
export { isReleased, messageStep } from './decide/messaging.ts';
export { BRIEF_REFUSED } from './decide/refusing.ts';
export { canChooseHandler } from './decide/serving.ts';
export * from './deliverables.ts';
export * from './events.ts';
export { factKey } from './fact-key.ts';
export * from './facts.ts';
export { parseTime } from './field-reader.ts';
export * from './freshness.ts';
export * from './jobs.ts';
export * from './messages.ts';
export * from './money.ts';
export { buyerLabel, buyerName, orderTitle } from './naming.ts';
export * from './order.ts';
export * from './outlived.ts';
export * from './overwritten.ts';
export * from './policy.ts';
export * from './record.ts';
export * from './review.ts';
export * from './rounds.ts';
export * from './service.ts';
export { type StatusNow, statusNow } from './status-now.ts';
export * from './steps.ts';
export * from './story.ts';
export * from './text/cut-text.ts';
export * from './text/nearest.ts';
export * from './text/secrets.ts';
export * from './text/stack-of.ts';
export * from './thread.ts';
