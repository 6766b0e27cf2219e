import { setTimeout as delay } from 'node:timers/promises';
import { AuthenticationError, type Service } from '@atelier-ai/sdk';
import {
  type AgentWarning,
  agentWarnings,
  canBeOrdered,
  describeError,
  type KnownAgent,
  type Runtime,
} from '@fulfillment/platform';
import { type HandlerMatch, readMatches, uncoveredServices } from '@fulfillment/runner';

/**
 * How often an agent is checked, in ms. The marketplace does not count reads of the agent and its
 * services (observed).
 */
const CHECK_EVERY_MS = 10 * 60_000;
/** How often an agent is checked whose key was rejected or that could not be checked, in ms. */
const RECHECK_MS = 60_000;

/**
 * Checks an agent until the process stops: whether its key is valid, buyers can hire it, handlers
 * cover its services, and its earnings can be paid out.
 * @param handlers see `checkAgent`.
 */
export async function watchAgent(
  runtime: Runtime,
  agent: KnownAgent,
  handlers: readonly HandlerMatch[],
): Promise<void> {
  const { stopping } = runtime;
  while (!stopping.aborted) {
    const isChecked = await checkAgent(runtime, agent, handlers);
    const wait = isChecked ? CHECK_EVERY_MS : RECHECK_MS;
    await delay(wait, undefined, { signal: stopping, ref: false }).catch(() => undefined);
  }
}

/**
 * Checks an agent once, and records the result for the admin pages and metrics. Logs a warning when
 * it is new.
 * @param handlers the handlers at the start of this process. A generation worker may have loaded
 * others since, and then publishes them.
 * @returns whether the agent could be checked.
 */
export async function checkAgent(
  { log, registry, redis, keys, stopping }: Runtime,
  agent: KnownAgent,
  handlers: readonly HandlerMatch[],
): Promise<boolean> {
  const about = { agentId: agent.id, agent: agent.name };
  try {
    const me = await agent.client.agents.me({ signal: stopping });
    const services = await agent.client.services.listForAgent(agent.id, { signal: stopping });
    const loaded = readMatches((await redis.get(keys.handlers)) ?? '') ?? handlers;
    const warnings = [...agentWarnings(me, services), ...handlerWarnings(agent, services, loaded)];
    const known = new Set(agent.checkedWarnings?.map(({ text }) => text));
    for (const { code, text, advice } of warnings) {
      if (!known.has(text)) log.warn({ ...about, code, advice }, `agent "${agent.name}" ${text}`);
    }
    agent.checkedWarnings = warnings;
    await registry.noteServed(agent.name, agent.id, warnings);
    return true;
  } catch (error) {
    if (stopping.aborted) return false;
    if (error instanceof AuthenticationError) {
      log.error(about, 'the marketplace rejects the key of this agent: its orders wait');
      await registry
        .noteRejected(agent.name, agent.id)
        .catch((problem) =>
          log.warn({ ...about, reason: describeError(problem) }, 'cannot note the rejected key'),
        );
      return false;
    }
    log.warn({ ...about, reason: describeError(error) }, 'cannot check the agent now');
    return false;
  }
}

/** Services that buyers can order although no handler can match them. */
function handlerWarnings(
  agent: KnownAgent,
  services: readonly Service[],
  handlers: readonly HandlerMatch[],
): AgentWarning[] {
  return uncoveredServices(services.filter(canBeOrdered), handlers, agent).map(({ id, title }) => ({
    code: 'service_without_handler',
    text: `sells "${title}", and no handler matches this service: its orders wait in attention`,
    advice: `Add a handler with match: { serviceId: '${id}' }, or one with match: 'default', then send SIGHUP to the generation workers`,
  }));
}
