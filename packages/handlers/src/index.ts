export { aborted } from './aborted.ts';
export { chooseHandler, NoHandlerError, type OrderFacts, orderForHandlers } from './config/choose-handler.ts';
export { type AgentInput, type ConfigInput, defineConfig, defineHandler } from './config/define.ts';
export { type Config, type ConfigSettings, loadConfig, loadHandlers } from './config/load-config.ts';
export { shownProgress } from './context/progress.ts';
export { rememberedJson } from './context/remembered.ts';
export { DiskError, InvalidOutputError, PermanentError, RetryLaterError } from './errors.ts';
export { type CommandOptions, command } from './generators/command.ts';
export { tellsNoCost } from './generators/cost.ts';
export { type HttpOptions, http } from './generators/http.ts';
export {
  clearMade,
  findMade,
  folderId,
  keepMade,
  type Made,
  madeFolder,
  mustTakeFiles,
  removeMade,
} from './outputs/made.ts';
export { contentTypeOf, mediaTypeOf } from './outputs/media.ts';
export { isSameArtifact, productOf, reviewReasonOf, toProducts } from './outputs/products.ts';
export { fileIn, type Spool, spoolIn } from './outputs/spool.ts';
export { holdError } from './outputs/write-whole.ts';
export { fixedQuote, type PerUnitQuote, type PriceLimits, perUnitQuote, withinPrices } from './quoting.ts';
export type { ArtifactInput, ArtifactStore, StorePlace } from './stores/artifact-store.ts';
export { type AtelierOptions, atelier, hostedType, whyNotHosted } from './stores/atelier.ts';
export { type LocalDiskOptions, localDisk } from './stores/local-disk.ts';
export { removeOldSpools } from './stores/spools.ts';
export { type MadeUpOrder, type Tried, type TriedFile, tryHandler } from './try-handler.ts';
export type * from './types.ts';
export { type Fetched, type FetchPublicOptions, fetchPublic } from './untrusted/fetch-public.ts';
export { type Guard, type GuardOptions, guardText } from './untrusted/guard-text.ts';
