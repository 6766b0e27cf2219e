export { type AgentInput, type ConfigInput, defineConfig, defineHandler, handlerFor } from './define.ts';
export { InvalidOutputError, PermanentError, RetryLaterError } from './errors.ts';
export { type Fetched, type FetchPublicOptions, fetchPublic } from './fetch-public.ts';
export { type CommandOptions, command } from './generators/command.ts';
export { tellsNoCost } from './generators/cost.ts';
export { type HttpOptions, http } from './generators/http.ts';
export { type Config, type ConfigSettings, loadConfig } from './load-config.ts';
export {
  type ArtifactInput,
  type ArtifactStore,
  holdError,
  type LocalDiskOptions,
  localDisk,
  type StorePlace,
} from './local-disk.ts';
export { contentTypeOf, mediaTypeOf } from './media.ts';
export { toProducts } from './products.ts';
export { fixedQuote, type PerUnitQuote, type PriceLimits, perUnitQuote, withinPrices } from './quoting.ts';
export { rememberedJson } from './remembered.ts';
export { type MadeUpOrder, type Tried, type TriedFile, tryHandler } from './try-handler.ts';
export type * from './types.ts';
