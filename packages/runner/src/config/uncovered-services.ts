import type { Handler, HandlerOrder } from '@fulfillment/handlers';
import { parseOrder, parseService } from '@fulfillment/shared';
import { NoHandlerError } from '../errors.ts';
import { chooseHandler, orderForHandlers } from './choose-handler.ts';

/** A service as the marketplace lists it. */
interface ListedService {
  id: string;
  title: string;
  price_usd?: unknown;
  max_revisions?: unknown;
}

/** An agent that sells services. */
interface Seller {
  id: string;
  /** What the configuration calls the agent. */
  name: string;
}

/** An order of a service, with no content, for a check of the handlers. */
export function emptyOrderOf(service: ListedService, seller: Seller): HandlerOrder {
  const snapshot = parseOrder({
    id: 'order-of-a-check',
    provider_agent_id: seller.id,
    status: 'paid',
    brief: '',
    service_id: service.id,
    service_title: service.title,
    quoted_price_usd: service.price_usd,
    max_revisions: service.max_revisions,
  });
  return orderForHandlers({ snapshot, service: parseService(service), agent: seller.name });
}

/**
 * The services that no handler matches. Their orders would wait in attention. A service counts as
 * covered if a match function throws for an order without a brief.
 */
export function uncoveredServices<S extends ListedService>(
  services: readonly S[],
  handlers: readonly Handler[],
  seller: Seller,
): S[] {
  return services.filter((service) => {
    try {
      chooseHandler(handlers, emptyOrderOf(service, seller));
      return false;
    } catch (error) {
      if (!(error instanceof NoHandlerError)) throw error;
      return error.cause === undefined;
    }
  });
}
