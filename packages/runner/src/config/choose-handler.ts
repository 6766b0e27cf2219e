import type { HandlerOrder, Match } from '@fulfillment/handlers';
import { type BuyerReview, buyerName, type OrderSnapshot, type SoldService } from '@fulfillment/shared';
import { NoHandlerError } from '../errors.ts';
import { frozenDeep } from './frozen-deep.ts';

/** The facts of an order whose handler is chosen. */
export interface OrderFacts {
  snapshot: OrderSnapshot;
  /** Null for an order of a bounty, and when the service cannot be read. */
  service: SoldService | null;
  /** What the configuration calls the order's agent. */
  agent: string;
  /** What the buyer said of the completed order. */
  review?: BuyerReview | null;
}

/** The order as handlers and `match` see it: the marketplace's order, joined with its service. */
export function orderForHandlers({ snapshot, service, agent, review = null }: OrderFacts): HandlerOrder {
  const { id, agentId, serviceId, brief, briefEnglish, briefSpec, clientType, bountyId } = snapshot;
  const { referenceUrls, referenceImages, requirementAnswers, quotedPriceUsd, maxRevisions } = snapshot;
  return frozenDeep({
    id,
    agentId,
    agent,
    serviceId,
    serviceTitle: snapshot.serviceTitle ?? service?.title ?? null,
    // The reference lists the category with the order, but observed orders have none.
    serviceCategory: service?.category ?? snapshot.serviceCategory,
    priceType: service?.priceType ?? null,
    turnaroundHours: service?.turnaroundHours ?? null,
    quota: snapshot.quotaTotal ?? service?.quota ?? null,
    quotaUsed: snapshot.quotaUsed,
    workspaceExpiresAt: snapshot.workspaceExpiresAt,
    bountyId,
    brief,
    briefEnglish,
    briefSpec: structuredClone(briefSpec),
    referenceUrls,
    referenceImages,
    requirementAnswers,
    clientName: buyerName(snapshot),
    clientType,
    review,
    quotedPriceUsd,
    maxRevisions,
  });
}

/** A handler as far as the choice needs it. */
interface Choosable {
  name: string;
  match: Match | MatchFields;
}

/**
 * Chooses the handler for an order: the first that matches, otherwise the default handler. Both the
 * workers and `doctor` choose by this function.
 * @param begun the name of the handler that the order began with, for an order that no longer says
 * what it is for. Null to match.
 * @throws NoHandlerError when there is no handler. If a match function throws, its error is the
 * cause.
 */
export function chooseHandler<H extends Choosable>(
  handlers: readonly H[],
  order: HandlerOrder,
  begun: string | null = null,
): H {
  const names = handlers.map(({ name }) => `"${name}"`).join(', ') || 'none';
  if (begun !== null) {
    const handler = handlers.find(({ name }) => name === begun);
    if (handler !== undefined) return handler;
    throw new NoHandlerError(
      `The order began with handler "${begun}", which is not configured any more, and the marketplace no longer shows its service. Handlers: ${names}. Configure that handler again, restart, then retry.`,
    );
  }
  let handler: H | undefined;
  try {
    handler = handlerFor(handlers, order);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NoHandlerError(`A handler's match function threw: ${reason}`, { cause: error });
  }
  if (handler) return handler;
  const what =
    order.bountyId === null
      ? `service ${order.serviceId ?? 'none'}, title "${order.serviceTitle ?? ''}", category "${order.serviceCategory ?? ''}"`
      : `bounty ${order.bountyId}, which only the default handler, a match function or an agent can match`;
  throw new NoHandlerError(
    `No handler matches this order (${what}). Handlers: ${names}. Add one, restart, then retry.`,
  );
}

/**
 * The first handler that matches, otherwise the default handler, otherwise undefined.
 * @throws what a match function throws.
 */
function handlerFor<H extends Choosable>(handlers: readonly H[], order: HandlerOrder): H | undefined {
  return (
    handlers.find(({ name, match }) => match !== 'default' && matches(name, match, order)) ??
    handlers.find((handler) => handler.match === 'default')
  );
}

function matches(name: string, match: Exclude<Choosable['match'], 'default'>, order: HandlerOrder): boolean {
  return typeof match === 'function' ? answerOf(name, match(order)) : matchesFields(match, order);
}

/** The fields of a match that is not a function. */
export interface MatchFields {
  agent?: string | readonly string[] | undefined;
  serviceId?: string | readonly string[] | undefined;
  category?: string | readonly string[] | undefined;
  title?: string | RegExp | undefined;
}

/** Whether all given fields match the order. */
export function matchesFields(
  { agent, serviceId, category, title }: MatchFields,
  order: HandlerOrder,
): boolean {
  const isGiven = [agent, serviceId, category, title].some((field) => field !== undefined);
  return (
    isGiven &&
    (agent === undefined || oneOf(agent, order.agent)) &&
    (serviceId === undefined || oneOf(serviceId, order.serviceId)) &&
    (category === undefined || oneOf(category, order.serviceCategory)) &&
    (title === undefined || titleMatches(title, order.serviceTitle))
  );
}

/** A promise would match every order, and nobody would handle its rejection. */
function answerOf(name: string, answer: unknown): boolean {
  if (!(answer instanceof Promise)) return Boolean(answer);
  answer.catch(() => undefined);
  throw new TypeError(`the match function of "${name}" must not be async`);
}

function oneOf(wanted: string | readonly string[], given: string | null): boolean {
  const all = typeof wanted === 'string' ? [wanted] : wanted;
  return given !== null && all.some((one) => one.toLowerCase() === given.toLowerCase());
}

function titleMatches(wanted: string | RegExp, given: string | null): boolean {
  if (given === null) return false;
  if (typeof wanted === 'string') return wanted.toLowerCase() === given.toLowerCase();
  // A pattern with the flag g or y continues where its last match ended.
  wanted.lastIndex = 0;
  return wanted.test(given);
}
