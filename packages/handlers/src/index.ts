export { type AgentInput, type ConfigInput, defineConfig, defineHandler, handlerFor } from './define.ts';
export { InvalidOutputError, PermanentError } from './errors.ts';
export { type Config, type ConfigSettings, loadConfig } from './load-config.ts';
export {
  type ArtifactInput,
  type ArtifactStore,
  holdError,
  type LocalDiskOptions,
  localDisk,
} from './local-disk.ts';
export { contentTypeOf, mediaTypeOf } from './media.ts';
export type * from './types.ts';
