export { aborted } from './aborted.ts';
export type { ArtifactInput, ArtifactStore, StorePlace } from './artifact-store.ts';
export { chooseHandler, NoHandlerError, type OrderFacts, orderForHandlers } from './choose-handler.ts';
export { type AgentInput, type ConfigInput, defineConfig, defineHandler } from './define.ts';
export { DiskError, InvalidOutputError, PermanentError, RetryLaterError } from './errors.ts';
export { type Fetched, type FetchPublicOptions, fetchPublic } from './fetch-public.ts';
export { type CommandOptions, command } from './generators/command.ts';
export { tellsNoCost } from './generators/cost.ts';
export { type HttpOptions, http } from './generators/http.ts';
export { type GuardOptions, guardText } from './guard-text.ts';
export { type Config, type ConfigSettings, loadConfig } from './load-config.ts';
export { type LocalDiskOptions, localDisk } from './local-disk.ts';
export {
  clearMade,
  findMade,
  folderId,
  keepMade,
  type Made,
  madeFolder,
  mustTakeFiles,
  removeMade,
} from './made.ts';
export { contentTypeOf, mediaTypeOf } from './media.ts';
export { isSameArtifact, productOf, reviewReasonOf, toProducts } from './products.ts';
export { shownProgress } from './progress.ts';
export { fixedQuote, type PerUnitQuote, type PriceLimits, perUnitQuote, withinPrices } from './quoting.ts';
export { rememberedJson } from './remembered.ts';
export { fileIn, type Spool, spoolIn } from './spool.ts';
export { type AtelierOptions, atelier, hostedType, whyNotHosted } from './stores/atelier.ts';
export { removeOldSpools } from './stores/spools.ts';
export { type MadeUpOrder, type Tried, type TriedFile, tryHandler } from './try-handler.ts';
export type * from './types.ts';
export { holdError } from './write-whole.ts';
