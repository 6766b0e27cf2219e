export { keepSecret, secretsIn, withoutSecrets } from '@fulfillment/shared';
export { AUDITED_ACTIONS, type AuditEntry, AuditLog } from './audit/audit-log.ts';
export { Budget, type BudgetState, type CallClass, type Yielding } from './budget/budget.ts';
export { type Change, ChangeFeed, type FeedState } from './change-feed/change-feed.ts';
export { type RecordReader, recordReader, type SettledRecord } from './change-feed/record-reader.ts';
export { type ProcessEntry, ProcessRegistry, type ProcessStart } from './fleet/process-registry.ts';
export { idleTime } from './jobs/idle-time.ts';
export { waitReasonOf } from './jobs/job-history.ts';
export { longestWaits } from './jobs/longest-waits.ts';
export { type JobPlace, type Pause, Pauses } from './jobs/pauses.ts';
export { type PokeReason, Queues } from './jobs/queues.ts';
export {
  holdingPause,
  keyOf as pauseKey,
  PAUSABLE,
  type Pausable,
  type WorkPause,
  WorkPauses,
} from './jobs/work-pauses.ts';
export type { JobContext, Processors } from './jobs/worker.ts';
export { type AgentEntry, AgentRegistry } from './marketplace/agent-state/registry.ts';
export { type AgentStanding, agentStanding } from './marketplace/agent-state/standing.ts';
export { type AgentWarning, agentWarnings, canBeOrdered } from './marketplace/agent-state/warnings.ts';
export { type Arrivals, WebhookLoss } from './marketplace/agent-state/webhook-loss.ts';
export { type AgentCredentials, Agents, type KnownAgent } from './marketplace/agents.ts';
export { Marketplace } from './marketplace/marketplace.ts';
export { ReadLag } from './marketplace/read-lag.ts';
export type { ServiceSearch, Services } from './marketplace/services.ts';
export { type App, defineApp } from './process/define-app.ts';
export * from './process/read-settings.ts';
export { runApps } from './process/run-apps.ts';
export { createRuntime, type Runtime } from './process/runtime.ts';
export * from './process/settings.ts';
export { requireWritableFolder } from './process/writable-folder.ts';
export { findAtRest } from './reconcile/at-rest.ts';
export type { Observed } from './reconcile/observe-order.ts';
export { readThread } from './reconcile/read-thread.ts';
export { Reconciler } from './reconcile/reconciler.ts';
export { type HandlerLine, HandlerLines } from './record-store/handler-lines.ts';
export type { LoadedRecord } from './record-store/loaded-record.ts';
export type { StoredSnapshot } from './record-store/order-index.ts';
export { type OrderSummary, summarise } from './record-store/order-summary.ts';
export { RecordStore } from './record-store/record-store.ts';
export { onChange } from './redis/changes.ts';
export { inspectRedis, type RedisFinding } from './redis/check/inspect.ts';
export { openRedis, untilReady } from './redis/connection/connection.ts';
export { type TakingOptions, untilTaken } from './redis/connection/until-taken.ts';
export { isConnectionError, redisAddress, redisAdvice, redisCause } from './redis/errors.ts';
export { type RedisKeys, redisKeys, refOf } from './redis/keys.ts';
export { withLock } from './redis/lock/lock.ts';
export type { RedisTrouble } from './redis/monitor/monitor.ts';
export { defineScripts, readScripts } from './redis/scripts.ts';
export { type RedisServerState, readServerState } from './redis/server-state.ts';
export { readStored } from './redis/stored-json.ts';
export { type Try, today } from './spending/spending.ts';
export { HandlerTries, type Tries } from './steps/handler-tries.ts';
export { NoLongerWanted } from './steps/no-longer-wanted.ts';
export { RunningSteps } from './steps/running-steps.ts';
export type { StepRun } from './steps/step-run.ts';
export { StepWorker } from './steps/step-worker.ts';
export type { WriteRun } from './steps/write-run.ts';
export {
  classify,
  describeError,
  type Failure,
  paused,
  permanent,
  StepError,
  throttled,
  transient,
  waitingFor,
  waitingForStore,
} from './telemetry/failures.ts';
export { createLogger, type Logger } from './telemetry/logger.ts';
