export {
  type ArtifactStore,
  type AtelierOptions,
  atelier,
  type LocalDiskOptions,
  localDisk,
  type StorePlace,
} from '@fulfillment/artifacts';
export { type DiscordOptions, discord } from './channels/discord.ts';
export { type EmailOptions, email } from './channels/email.ts';
export {
  type AlertChannel,
  type AlertMessage,
  ChannelError,
  SEVERITIES,
  type Severity,
} from './channels/message.ts';
export { alertText } from './channels/message-text.ts';
export { type NtfyOptions, ntfy } from './channels/ntfy.ts';
export { type SlackOptions, slack } from './channels/slack.ts';
export { type TelegramOptions, telegram } from './channels/telegram.ts';
export { type AlertWebhookOptions, webhook } from './channels/webhook.ts';
export {
  type AccountInput,
  type AgentInput,
  type AlertRouteInput,
  type AlertsInput,
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
