import type { Service } from '@atelier-ai/sdk';
import { type Handler, type HandlerOrder, handlerFor } from '@fulfillment/handlers';
import { describeError } from '@fulfillment/platform';
import { type Finding, ok, problem, warning } from './finding.ts';

/** A service that an agent sells. */
export interface Sold {
  agentId: string;
  service: Service;
}

/** Whether each service has a handler that can price and make it, and each handler a service. */
export function checkServices(sold: readonly Sold[], handlers: readonly Handler[]): Finding[] {
  const used = new Set<Handler>();
  const findings = sold.map(({ agentId, service }) => {
    const about = `service "${service.title}"`;
    try {
      const handler = handlerFor(handlers, orderOf(agentId, service));
      if (handler === undefined) {
        return problem(
          about,
          'no handler matches it: its orders wait in attention',
          `Add a handler with match: { serviceId: '${service.id}' }, or one with match: 'default'`,
        );
      }
      used.add(handler);
      return serviceFinding(about, service, handler);
    } catch (error) {
      return warning(
        about,
        `a match function threw for an order without a brief: ${describeError(error)}`,
        'Make it stand any order: what it throws sends the order to attention',
      );
    }
  });
  return [...findings, ...handlers.filter((handler) => !used.has(handler)).flatMap(unusedFinding)];
}

function serviceFinding(about: string, service: Service, handler: Handler): Finding {
  return service.price_type === 'quote' && handler.quote === undefined
    ? problem(
        about,
        `is priced by quote, and handler "${handler.name}" has no quote function`,
        'Add quote to the handler: its orders wait in attention',
      )
    : ok(about, `handler "${handler.name}"`);
}

/** A default handler is for what may come; what a function matches may depend on the brief. */
function unusedFinding({ name, match }: Handler): Finding[] {
  if (match === 'default' || typeof match === 'function') return [];
  return [
    warning(
      `handler "${name}"`,
      'matches no service of any agent',
      'Compare its serviceId, category and title with the services on the marketplace; an earlier handler may match first',
    ),
  ];
}

/** An order of a service, with nothing in it. */
function orderOf(agentId: string, service: Service): HandlerOrder {
  return {
    id: 'order-of-the-doctor',
    agentId,
    serviceId: service.id,
    serviceTitle: service.title,
    serviceCategory: service.category,
    brief: '',
    referenceUrls: [],
    referenceImages: [],
    requirementAnswers: {},
    clientName: null,
    quotedPriceUsd: service.price_usd,
    maxRevisions: service.max_revisions ?? 0,
  };
}
