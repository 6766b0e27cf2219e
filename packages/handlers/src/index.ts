export {
  type ArtifactStore,
  type AtelierOptions,
  atelier,
  type LocalDiskOptions,
  localDisk,
  type StorePlace,
} from '@fulfillment/artifacts';
export {
  type AccountInput,
  type AgentInput,
  type ConfigInput,
  defineConfig,
  defineHandler,
} from './config/define.ts';
export { InvalidOutputError, PermanentError, RetryLaterError } from './errors.ts';
export { type CommandOptions, command } from './generators/command.ts';
export { type HttpOptions, http } from './generators/http.ts';
export { fixedQuote, type PerUnitQuote, type PriceLimits, perUnitQuote, withinPrices } from './quoting.ts';
export type * from './types.ts';
export { type Fetched, type FetchPublicOptions, fetchPublic } from './untrusted/fetch-public.ts';
export { type Guard, type GuardOptions, guardText } from './untrusted/guard-text.ts';
