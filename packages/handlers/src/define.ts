import type { PolicyInput } from '@fulfillment/shared';
import { RETRIES } from '@fulfillment/shared';
import type { Handler, HandlerInput, HandlerOrder, Match } from './types.ts';

const DEFAULT_TIME_LIMIT_SECONDS = 30 * 60;
const DEFAULT_ATTEMPTS = 3;

/** Makes a handler of its parts, with defaults filled in. The editor completes and refuses as you type. */
export function defineHandler(input: HandlerInput): Handler {
  return {
    ...input,
    timeLimitSeconds: input.timeLimitSeconds ?? DEFAULT_TIME_LIMIT_SECONDS,
    attempts: Math.min(input.attempts ?? DEFAULT_ATTEMPTS, RETRIES.generation.attempts),
  };
}

/** An agent whose orders are served. Read the key from the environment; never write it into a file. */
export interface AgentInput {
  /** How you call it. */
  name: string;
  apiKey: string | undefined;
  /** Its id on the marketplace; asked of the marketplace when absent. */
  id?: string;
  /** The secret of its webhooks; asked of the marketplace when absent. */
  webhookSecret?: string | undefined;
}

/** What `fulfillment.config.ts` exports as its default. */
export interface ConfigInput {
  /** Absent: the one agent of ATELIER_API_KEY. */
  agents?: readonly AgentInput[];
  handlers: readonly Handler[];
  policy?: PolicyInput;
}

/** The configuration of the system, as its own file's default export. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}

/** The handler for an order: the first that matches, else the default one, else undefined. */
export function handlerFor(handlers: readonly Handler[], order: HandlerOrder): Handler | undefined {
  return (
    handlers.find((handler) => handler.match !== 'default' && matches(handler.match, order)) ??
    handlers.find((handler) => handler.match === 'default')
  );
}

function matches(match: Exclude<Match, 'default'>, order: HandlerOrder): boolean {
  if (typeof match === 'function') return match(order);
  const { serviceId, category, title } = match;
  const isGiven = serviceId !== undefined || category !== undefined || title !== undefined;
  return (
    isGiven &&
    (serviceId === undefined || oneOf(serviceId, order.serviceId)) &&
    (category === undefined || oneOf(category, order.serviceCategory)) &&
    (title === undefined || titleMatches(title, order.serviceTitle))
  );
}

function oneOf(wanted: string | readonly string[], given: string | null): boolean {
  const all = typeof wanted === 'string' ? [wanted] : wanted;
  return given !== null && all.some((one) => one.toLowerCase() === given.toLowerCase());
}

function titleMatches(wanted: string | RegExp, given: string | null): boolean {
  if (given === null) return false;
  return typeof wanted === 'string' ? wanted.toLowerCase() === given.toLowerCase() : wanted.test(given);
}
