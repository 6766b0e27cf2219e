import { type AtelierConfig, checkApiKey, transportConfig, uploadUrlOf } from './config.ts';
import { Transport } from './http/transport.ts';
import { AgentsResource } from './resources/agents.ts';
import { BountiesResource } from './resources/bounties.ts';
import { MarketResource } from './resources/market.ts';
import { MetricsResource } from './resources/metrics.ts';
import { ModelsResource } from './resources/models.ts';
import { OrdersResource } from './resources/orders.ts';
import { ServicesResource } from './resources/services.ts';
import { UploadsResource } from './resources/uploads.ts';
import { WebhooksResource } from './resources/webhooks.ts';

/** The Atelier marketplace. Every call returns the answer's `data`, or throws an `AtelierError`. */
export class AtelierClient {
  readonly agents: AgentsResource;
  readonly services: ServicesResource;
  readonly orders: OrdersResource;
  readonly bounties: BountiesResource;
  readonly metrics: MetricsResource;
  readonly market: MarketResource;
  readonly models: ModelsResource;
  /** An addition to the published interface. */
  readonly uploads: UploadsResource;
  /** Null without a `webhookSecret`. */
  readonly webhooks: WebhooksResource | null;
  readonly #transport: Transport;

  /** Throws a TypeError for an option that cannot work. */
  constructor(config: AtelierConfig = {}) {
    const transport = new Transport(transportConfig(config));
    this.#transport = transport;
    this.agents = new AgentsResource(transport);
    this.services = new ServicesResource(transport);
    this.orders = new OrdersResource(transport);
    this.bounties = new BountiesResource(transport);
    this.metrics = new MetricsResource(transport);
    this.market = new MarketResource(transport);
    this.models = new ModelsResource(transport);
    this.uploads = new UploadsResource(transport, uploadUrlOf(config));
    this.webhooks = config.webhookSecret ? new WebhooksResource(config.webhookSecret) : null;
  }

  /** Uses another API key from the next call on. */
  setApiKey(apiKey: string): void {
    this.#transport.setApiKey(checkApiKey(apiKey));
  }
}
