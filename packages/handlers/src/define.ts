import type { PolicyInput } from '@fulfillment/shared';
import type { ArtifactStore } from './artifact-store.ts';
import type { Handler, HandlerInput, HandlerOrder, Match } from './types.ts';

const DEFAULT_TIME_LIMIT_SECONDS = 30 * 60;
const DEFAULT_ATTEMPTS = 3;

/** Makes a handler of its parts, with defaults filled in. The editor completes and refuses as you type. */
export function defineHandler(input: HandlerInput): Handler {
  return {
    ...input,
    timeLimitSeconds: input.timeLimitSeconds ?? DEFAULT_TIME_LIMIT_SECONDS,
    attempts: input.attempts ?? DEFAULT_ATTEMPTS,
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
  /** Where files are kept. Default: the folder of ARTIFACTS_DIR, served by the ingestor under PUBLIC_URL; without one, uploaded. */
  artifacts?: ArtifactStore;
}

/** The configuration of the system, as its own file's default export. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}

/**
 * The handler for an order: the first that matches, else the default one, else undefined.
 * @throws what a match function throws.
 */
export function handlerFor(handlers: readonly Handler[], order: HandlerOrder): Handler | undefined {
  return (
    handlers.find(({ name, match }) => match !== 'default' && matches(name, match, order)) ??
    handlers.find((handler) => handler.match === 'default')
  );
}

function matches(name: string, match: Exclude<Match, 'default'>, order: HandlerOrder): boolean {
  if (typeof match === 'function') return answerOf(name, match(order));
  const { agent, serviceId, category, title } = match;
  const isGiven = [agent, serviceId, category, title].some((field) => field !== undefined);
  return (
    isGiven &&
    (agent === undefined || oneOf(agent, order.agent)) &&
    (serviceId === undefined || oneOf(serviceId, order.serviceId)) &&
    (category === undefined || oneOf(category, order.serviceCategory)) &&
    (title === undefined || titleMatches(title, order.serviceTitle))
  );
}

/** A promise would match every order, and its failure would be nobody's. */
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
  // A pattern with the flag g or y goes on from where its last match ended.
  wanted.lastIndex = 0;
  return wanted.test(given);
}
