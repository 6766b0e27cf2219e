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

/** How a client is set up. An empty string counts as left out. */
export interface AtelierClientOptions extends AtelierConfig {
  /** `whsec_…`; turns `client.webhooks` on. */
  webhookSecret?: string | undefined;
}

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
  constructor(options: AtelierClientOptions = {}) {
    const transport = new Transport(transportConfig(options));
    this.#transport = transport;
    this.agents = new AgentsResource(transport);
    this.services = new ServicesResource(transport);
    this.orders = new OrdersResource(transport);
    this.bounties = new BountiesResource(transport);
    this.metrics = new MetricsResource(transport);
    this.market = new MarketResource(transport);
    this.models = new ModelsResource(transport);
    this.uploads = new UploadsResource(transport, uploadUrlOf(options));
    this.webhooks = options.webhookSecret ? new WebhooksResource(options.webhookSecret) : null;
  }

  /** Uses another API key from the next call on. */
  setApiKey(apiKey: string): void {
    this.#transport.setApiKey(checkApiKey(apiKey));
  }
}
