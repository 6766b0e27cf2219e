export { shownProgress } from './calls/progress.ts';
export { rememberedJson } from './calls/remembered.ts';
export { chooseHandler, type OrderFacts, orderForHandlers } from './config/choose-handler.ts';
export { type Config, type ConfigSettings, loadConfig, loadHandlers } from './config/load-config.ts';
export { NoHandlerError } from './errors.ts';
export { type MadeUpOrder, type Tried, type TriedFile, tryHandler } from './try/try-handler.ts';
