import type { Service } from '@atelier-ai/sdk';
import type { Handler } from '@fulfillment/handlers';
import { canBeOrdered, describeError } from '@fulfillment/platform';
import { chooseHandler, emptyOrderOf, NoHandlerError } from '@fulfillment/runner';
import { type Finding, ok, problem, warning } from './finding.ts';

/** A service that an agent sells. */
export interface Sold {
  agentId: string;
  /** The agent's name in the configuration. */
  agent: string;
  service: Service;
}

/**
 * Checks that each service has a handler that can price and generate it, and that each handler has
 * a service.
 * @param isComplete whether the doctor could read the services of all agents. If not, a handler's
 * service may be among the others.
 */
export function checkServices(
  sold: readonly Sold[],
  handlers: readonly Handler[],
  isComplete: boolean,
): Finding[] {
  const used = new Set<Handler>();
  const findings = sold.map(({ agentId, agent, service }) => {
    const about = `service "${service.title}"`;
    try {
      const handler = chooseHandler(handlers, emptyOrderOf(service, { id: agentId, name: agent }));
      used.add(handler);
      return serviceFinding(about, service, { handler, uncertain: functionsBeside(handlers, handler) });
    } catch (error) {
      if (!(error instanceof NoHandlerError)) throw error;
      if (error.cause !== undefined)
        return warning(
          about,
          `for an order without a brief: ${describeError(error)}`,
          'Make the match function accept any order: if it throws, the order goes to attention',
        );
      const advice = `Add a handler with match: { serviceId: '${service.id}' }, or one with match: 'default'`;
      const uncertain = functionsBeside(handlers);
      return uncertain.length === 0
        ? lacking(service, 'no handler matches it', advice)
        : warning(
            about,
            `not checked: only the match function of ${namesOf(uncertain)} could match it, and it matches no order without a brief`,
            `If these functions do not match the service's orders: ${advice}`,
          );
    }
  });
  const unused = handlers.filter((handler) => !used.has(handler));
  return [...findings, ...unused.flatMap((handler) => unusedFinding(handler, isComplete))];
}

/** The handlers whose match functions may match other orders than the one of the check. */
function functionsBeside(handlers: readonly Handler[], chosen?: Handler): Handler[] {
  return handlers.filter((handler) => typeof handler.match === 'function' && handler !== chosen);
}

function namesOf(handlers: readonly Handler[]): string {
  return handlers.map(({ name }) => `"${name}"`).join(', ');
}

/** @param uncertain the handlers that may take some of the service's orders instead. */
function serviceFinding(
  about: string,
  service: Service,
  { handler, uncertain }: { handler: Handler; uncertain: readonly Handler[] },
): Finding {
  if (service.price_type !== 'quote' || handler.quote !== undefined)
    return ok(about, `handler "${handler.name}"`);
  const text = `is priced by quote, and handler "${handler.name}" has no quote function`;
  const advice = 'Add quote to the handler';
  return uncertain.some(({ quote }) => quote !== undefined)
    ? warning(about, `${text}, unless a match function chooses ${namesOf(uncertain)}`, advice)
    : lacking(service, text, advice);
}

/**
 * A missing part that orders of the service need: a problem now, or a warning while nobody can
 * order the service.
 */
function lacking(service: Service, text: string, advice: string): Finding {
  const about = `service "${service.title}"`;
  return canBeOrdered(service)
    ? problem(about, `${text}: its orders wait in attention`, advice)
    : warning(about, `${text}, but nobody can order it at the moment`, advice);
}

/** A default handler is for future services. The match of a function may depend on the brief. */
function unusedFinding({ name, match }: Handler, isComplete: boolean): Finding[] {
  const about = `handler "${name}"`;
  if (match === 'default') return [];
  if (typeof match === 'function') {
    return [ok(about, 'not checked: its match function matches no order without a brief')];
  }
  if (!isComplete)
    return [ok(about, 'not checked: it may be for a service of the agent whose services were not read')];
  return [
    warning(
      about,
      'matches no service of any agent',
      'Compare its agent, serviceId, category and title with the services on the marketplace. An earlier handler may match first',
    ),
  ];
}
