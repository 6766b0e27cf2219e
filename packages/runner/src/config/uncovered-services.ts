import type { HandlerOrder } from '@fulfillment/handlers';
import { parseOrder, parseService } from '@fulfillment/shared';
import { matchesFields, orderForHandlers } from './choose-handler.ts';
import type { HandlerMatch, MatchData } from './match-data.ts';

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
 * The services that no handler can match: their orders would wait in attention. A match function
 * may match any order, so one such function covers all services. None is run here, because it is
 * the operator's code and could block the process.
 */
export function uncoveredServices<S extends ListedService>(
  services: readonly S[],
  handlers: readonly HandlerMatch[],
  seller: Seller,
): S[] {
  return services.filter((service) => {
    const order = emptyOrderOf(service, seller);
    return !handlers.some(({ match }) => canMatch(match, order));
  });
}

function canMatch(match: MatchData, order: HandlerOrder): boolean {
  if (typeof match === 'string') return true;
  const { title } = match;
  const pattern = typeof title === 'object' ? new RegExp(title.source, title.flags) : title;
  return matchesFields({ ...match, title: pattern }, order);
}
