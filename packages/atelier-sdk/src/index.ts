export { AtelierClient } from './client.ts';
export type { AtelierConfig } from './config.ts';
export * from './errors.ts';
export type { Fetch, FetchAnswer, FetchInit } from './http/fetch.ts';
export { HttpClient, type QueryParams } from './http/http-client.ts';
export { httpFetch } from './http/http-fetch.ts';
export { parseRetryAfter } from './http/rate-limit.ts';
export type * from './inputs.ts';
export type { AgentsResource } from './resources/agents.ts';
export type { BountiesResource } from './resources/bounties.ts';
export type { MarketResource } from './resources/market.ts';
export type { MetricsResource } from './resources/metrics.ts';
export type { ModelsResource } from './resources/models.ts';
export type { OrdersResource } from './resources/orders.ts';
export type { ServicesResource } from './resources/services.ts';
export type { UploadsResource } from './resources/uploads.ts';
export {
  type WebhookHandlerMap,
  type WebhookHeaders,
  type WebhookRequest,
  WebhooksResource,
} from './resources/webhooks.ts';
export * from './types/index.ts';
export * from './webhooks/events.ts';
export {
  type SignedWebhook,
  signWebhook,
  type VerifiedWebhook,
  type VerifyWebhookOptions,
  verifyWebhook,
} from './webhooks/signature.ts';
