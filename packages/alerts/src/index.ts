export { orderConditions } from './conditions/order-conditions.ts';
export type { Alert } from './evaluate/alert.ts';
export { type AcknowledgeLink, LinkSigner } from './send/links.ts';
export { AlertRun, startAlerts } from './start-alerts.ts';
export { AlertStore, MUTABLE, type Mute, type OutboxEntry, type SentAlert } from './store/alert-store.ts';
