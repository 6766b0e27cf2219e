export type { CallHost, CallKind, Calls, EarlierFile, GenerateInput, StagingPlan } from './calls/calls.ts';
export { isRefusal } from './calls/perform-call.ts';
export { jsonSafe } from './child/json-safe.ts';
export type { AlertsConfig } from './config/alerts-schema.ts';
export { chooseHandler, type OrderFacts, orderForHandlers } from './config/choose-handler.ts';
export { withheldSecrets } from './config/config-secrets.ts';
export { type Config, type ConfigSettings, loadConfig, loadHandlers } from './config/load-config.ts';
export { type HandlerMatch, haveOnlyPlainMatches, readMatches, writeMatches } from './config/match-data.ts';
export { publishHandlers } from './config/publish-handlers.ts';
export { emptyOrderOf, uncoveredServices } from './config/uncovered-services.ts';
export { describeHandler, type HandlerDescription } from './describe-handler.ts';
export {
  HandlerProcessError,
  InvalidAnswerError,
  NoHandlerError,
  RunnerUnavailableError,
  TimeLimitError,
} from './errors.ts';
export { inlineRunner } from './inline-runner.ts';
export { ProcessRunner, type ProcessRunnerOptions } from './pool/process-runner.ts';
export type { CallOptions, LoadedHandlers, Runner, Slot } from './slot.ts';
export type { MadeUpOrder } from './try/made-up-order.ts';
export { type TriedFile, tryHandler } from './try/try-handler.ts';
