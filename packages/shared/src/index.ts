export { type Account, type ConfiguredAccount, hasRightsOf, ROLES, type Role } from './accounts/account.ts';
export { hashPassword, isPasswordHash, isPasswordOf, SHORTEST_PASSWORD } from './accounts/password-hash.ts';
export {
  ALERT_KIND_NAMES,
  ALERT_KINDS,
  type AlertKind,
  isOrderKind,
} from './alerts/alert-kinds.ts';
export { acknowledgement, answerAttention } from './attention/answer-attention.ts';
export {
  type Attention,
  raise,
  readAttention,
  type UnclassifiedAttention,
} from './attention/attention.ts';
export { ATTENTION_ACTIONS, type AttentionAction } from './attention/attention-actions.ts';
export type { AttentionCause, AttentionDetails, AttentionKind, DetailsOf } from './attention/details.ts';
export * from './decide/decide.ts';
export {
  type Decision,
  HOUR,
  MINUTE,
  ORDER_STAGES,
  type OrderStage,
  SECOND,
  type Unread,
} from './decide/decision.ts';
export { holdUpOf } from './decide/hold-ups.ts';
export { decideAfterFailedRead } from './decide/reading/after-failed-read.ts';
export { canChooseHandler } from './decide/service.ts';
export { isReleased, messageStep } from './decide/steps/messages.ts';
export * from './facts/events.ts';
export * from './facts/facts.ts';
export type { CostlyCall } from './facts/generation.ts';
export type { StepName } from './facts/kinds.ts';
export { AUTOMATIC_MESSAGES, MESSAGE_KINDS, type MessageKind } from './facts/kinds.ts';
export { VERDICTS } from './facts/operator.ts';
export * from './facts/outlived.ts';
export { PAYOUT_RETRY_OUTCOMES } from './facts/payouts.ts';
export * from './facts/products.ts';
export * from './facts/usage.ts';
export * from './jobs/jobs.ts';
export * from './jobs/step-key.ts';
export * from './jobs/steps.ts';
export * from './order/absence.ts';
export { parseTime } from './order/field-reader.ts';
export * from './order/freshness.ts';
export { buyerLabel, buyerName, orderTitle } from './order/naming.ts';
export * from './order/order.ts';
export * from './order/overwritten.ts';
export * from './order/service.ts';
export { readStoredSnapshot } from './order/stored-snapshot.ts';
export * from './order/thread.ts';
export * from './policy/messages.ts';
export * from './policy/policy.ts';
export * from './record/attempts.ts';
export * from './record/by-hand.ts';
export * from './record/deliverables.ts';
export { feedbackFor } from './record/feedback.ts';
export { unansweredPayoutRetry } from './record/payout-retry.ts';
export * from './record/record.ts';
export { releaseNumber, withdrawableRelease } from './record/releases.ts';
export { nextReplyNumber, type Reply, type ReplyState, repliesOf } from './record/replies.ts';
export * from './record/review.ts';
export * from './record/rounds.ts';
export { type StatusNow, statusNow } from './record/status-now.ts';
export {
  type OrderRef,
  parseSubjectName,
  type SubjectKind,
  type SubjectRef,
  subjectId,
  subjectKind,
  subjectName,
} from './record/subject.ts';
export { threadFacts } from './record/thread-facts.ts';
export { secretsIn } from './secrets/environment-secrets.ts';
export { holdsLikelySecret } from './secrets/likely-secrets.ts';
export { lineWithoutSecrets } from './secrets/line-without-secrets.ts';
export * from './secrets/process-secrets.ts';
export { contentHash } from './text/content-hash.ts';
export * from './text/cut-text.ts';
export * from './text/labels.ts';
export * from './text/nearest.ts';
export * from './text/stack-of.ts';
export * from './values/aborted.ts';
export * from './values/api-key.ts';
export * from './values/artifacts-dir.ts';
export * from './values/backoff.ts';
export * from './values/configuration-error.ts';
export * from './values/handler-memory.ts';
export { rejectUnknownOptions } from './values/known-options.ts';
export * from './values/money.ts';
