export { keepSecret, secretsIn, withoutSecrets } from '@fulfillment/shared';
export { type AgentEntry, AgentRegistry } from './agent-state/registry.ts';
export { type AgentWarning, agentWarnings } from './agent-state/warnings.ts';
export { type AgentCredentials, Agents, type KnownAgent } from './agents.ts';
export { Budget, type BudgetState, type CallClass, type Yielding } from './budget.ts';
export { onChange } from './changes.ts';
export {
  classify,
  describeError,
  type Failure,
  hadNoEffect,
  permanent,
  StepError,
  throttled,
  transient,
  waitingFor,
  waitingForStore,
} from './failures.ts';
export { type RedisKeys, redisKeys } from './keys.ts';
export { createLogger, type Logger } from './logger.ts';
export { type LastLook, Marketplace, type OrderReading } from './marketplace.ts';
export type { WriteMark } from './open-writes.ts';
export { type JobPlace, type Pause, Pauses } from './pauses.ts';
export { type PokeReason, Queues } from './queues.ts';
export { ReadLag } from './read-lag.ts';
export { type Observed, Reconciler } from './reconcile.ts';
export type { OrderSummary } from './record-store/order-summary.ts';
export { type LoadedRecord, RecordStore } from './record-store/record-store.ts';
export { openRedis, untilReady } from './redis/connection.ts';
export { redisAddress, redisAdvice, redisCause } from './redis/errors.ts';
export { inspectRedis, type RedisFinding } from './redis/inspect.ts';
export type { RedisTrouble } from './redis/monitor.ts';
export { runApp } from './run-app.ts';
export { createRuntime, type Runtime } from './runtime.ts';
export type { ServiceSearch, Services } from './services.ts';
export * from './settings.ts';
export { today } from './spending/spending.ts';
export type { JobContext, Processors } from './worker.ts';
export { requireWritableFolder } from './writable-folder.ts';
