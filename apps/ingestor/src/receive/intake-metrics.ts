import type { Runtime } from '@fulfillment/platform';

export type Counter = ReturnType<Runtime['metrics']['counter']>;

/** The metrics of how orders come in. */
export function intakeMetrics(metrics: Runtime['metrics']): { webhooks: Counter } {
  return {
    webhooks: metrics.counter('fulfillment_webhooks_total', 'Webhooks by the status answered', ['status']),
  };
}
