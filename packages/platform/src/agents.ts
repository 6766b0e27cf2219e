import { setTimeout as delay } from 'node:timers/promises';
import { AtelierClient, AuthenticationError, ForbiddenError } from '@atelier-ai/sdk';
import { ConfigurationError } from '@fulfillment/shared';
import { describeError, permanent, throttled } from './failures.ts';
import type { Logger } from './logger.ts';

/** An agent as it is configured. Its key stays in the process. */
export interface AgentCredentials {
  /** How the operator calls it. */
  name: string;
  apiKey: string;
  /** Its id on the marketplace; asked of the marketplace when absent. */
  id?: string | undefined;
  /** The secret of its webhooks; asked of the marketplace when absent. */
  webhookSecret?: string | undefined;
}

/** An agent whose id is known. */
export interface KnownAgent {
  id: string;
  name: string;
  client: AtelierClient;
  /** Null until the marketplace gave one. */
  webhookSecret: string | null;
  /** Where the marketplace sends its webhooks, as it last said; null when unknown or none. */
  endpointUrl: string | null;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 60_000;
/** How long a job waits for an agent that is not identified yet. */
const UNKNOWN_WAIT_MS = 2000;

/** Looks up an agent's client by the id that jobs carry. Keys live here, and nowhere outside the process. */
export class Agents {
  readonly #configured: readonly AgentCredentials[];
  readonly #baseUrl: string;
  readonly #log: Logger;
  readonly #timeoutMs: number | undefined;
  readonly #known = new Map<string, KnownAgent>();
  readonly #refused: string[] = [];
  #settled = 0;
  readonly #listeners: ((agent: KnownAgent) => void)[] = [];

  /** @param timeoutMs how long one call may take; absent: the client's own. */
  constructor(configured: readonly AgentCredentials[], baseUrl: string, log: Logger, timeoutMs?: number) {
    if (configured.length === 0) {
      throw new ConfigurationError(
        'No agent is configured. Set ATELIER_API_KEY, or list agents in the configuration file (FULFILLMENT_CONFIG).',
      );
    }
    this.#configured = configured;
    this.#baseUrl = baseUrl;
    this.#log = log;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Asks the marketplace who each agent is, again and again until it answers. An agent whose key is refused is logged and left
   * out; the others go on.
   * @throws ConfigurationError when the keys of all agents are refused.
   */
  async identify(signal: AbortSignal): Promise<void> {
    await Promise.all(
      this.#configured.map(async (agent) => {
        const known = await this.#identify(agent, signal);
        if (signal.aborted) return;
        this.#settled += 1;
        if (known !== null) for (const listener of this.#listeners) listener(known);
      }),
    );
    if (this.#refused.length === this.#configured.length) {
      throw new ConfigurationError(
        `The marketplace refuses the key of every agent (${this.#refused.join(', ')}). Check ATELIER_API_KEY and ATELIER_BASE_URL.`,
      );
    }
  }

  /** @returns null when its key is refused, or the process stops. */
  async #identify(agent: AgentCredentials, signal: AbortSignal): Promise<KnownAgent | null> {
    const client = new AtelierClient({
      apiKey: agent.apiKey,
      baseUrl: this.#baseUrl,
      timeout: this.#timeoutMs,
    });
    for (let wait = FIRST_RETRY_MS; !signal.aborted; wait = Math.min(wait * 2, LONGEST_RETRY_MS)) {
      try {
        const me = await client.agents.me({ signal });
        if (agent.id !== undefined && agent.id !== me.id) {
          throw new ConfigurationError(
            `Agent "${agent.name}" is configured as ${agent.id}, but its key belongs to ${me.id}.`,
          );
        }
        const webhookSecret = agent.webhookSecret ?? me.webhook_secret ?? null;
        const known = { id: me.id, name: agent.name, client, webhookSecret, endpointUrl: me.endpoint_url };
        this.#known.set(me.id, known);
        this.#log.info({ agentId: me.id, agent: agent.name }, 'agent identified');
        return known;
      } catch (error) {
        if (signal.aborted) return null;
        if (error instanceof ConfigurationError) throw error;
        if (error instanceof AuthenticationError || error instanceof ForbiddenError) {
          this.#refused.push(agent.name);
          this.#log.error(
            { agent: agent.name },
            'the marketplace refuses the key of this agent: its orders are not served',
          );
          return null;
        }
        this.#log.warn(
          { agent: agent.name, reason: describeError(error), retryInMs: wait },
          'cannot identify the agent yet',
        );
        await delay(wait, undefined, { signal }).catch(() => undefined);
      }
    }
    return null;
  }

  /** Calls the listener for each agent, once it is identified. */
  onKnown(listener: (agent: KnownAgent) => void): void {
    this.#listeners.push(listener);
    for (const agent of this.#known.values()) listener(agent);
  }

  /** The agents that are identified. */
  all(): KnownAgent[] {
    return [...this.#known.values()];
  }

  find(agentId: string): KnownAgent | undefined {
    return this.#known.get(agentId);
  }

  /** Whether every configured agent is identified, or known to be refused. */
  get isComplete(): boolean {
    return this.#settled === this.#configured.length;
  }

  /**
   * The agent a job is for.
   * @throws StepError: permanent when no configured agent has this id, throttled while some are not identified.
   */
  require(agentId: string): KnownAgent {
    const agent = this.#known.get(agentId);
    if (agent) return agent;
    if (!this.isComplete)
      throw throttled(`agent ${agentId} is not identified yet`, Date.now() + UNKNOWN_WAIT_MS);
    throw permanent(
      `No configured agent has the id ${agentId}. Add its key to the configuration, then retry.`,
    );
  }
}
