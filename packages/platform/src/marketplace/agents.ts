import { setTimeout as delay } from 'node:timers/promises';
import { AtelierClient, AuthenticationError, type Fetch, ForbiddenError } from '@atelier-ai/sdk';
import { type Backoff, backoffWait, ConfigurationError, keepSecret } from '@fulfillment/shared';
import { describeError, StepError, waitingFor } from '../telemetry/failures.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { AgentWarning } from './agent-state/warnings.ts';

/** An agent from the configuration. Its key stays in the process. */
export interface AgentCredentials {
  /** The operator's name for the agent. */
  name: string;
  apiKey: string;
  /** The agent's id on the marketplace. If absent, the process asks the marketplace. */
  id?: string | undefined;
  /** The secret of the agent's webhooks. If absent, the process asks the marketplace. */
  webhookSecret?: string | undefined;
}

/** Where the marketplace is, and how long a call may take, in ms. */
export interface MarketplaceAddress {
  baseUrl: string;
  /** The file store that accepts upload tokens. */
  uploadUrl?: string;
  timeout?: number;
  /** Makes the calls of the agent of this name. Default: the global `fetch`. */
  fetchFor?: (agent: string) => Fetch;
}

/** An agent whose id is known. */
export interface KnownAgent {
  id: string;
  name: string;
  client: AtelierClient;
  /** Null until the marketplace gave one. */
  webhookSecret: string | null;
  /** The warnings of the last check. Absent: the agent has not been checked yet. */
  checkedWarnings?: readonly AgentWarning[];
  /**
   * Where the marketplace sends the agent's webhooks, by its last answer. Null: unknown, or not
   * set.
   */
  endpointUrl: string | null;
}

const BACKOFF_MS: Backoff = { first: 500, longest: 60_000 };
/** After this many refusals a key counts as wrong, and the process no longer waits for it. */
const MAX_REFUSALS = 3;
/** How often the process retries a refused key: the operator may correct it on the marketplace. */
const REFUSED_RETRY_MS = 5 * 60_000;
/** How long a job waits for an agent that is not identified yet. */
const UNKNOWN_WAIT_MS = 2000;
/** How long a job waits for another process that may serve its agent. */
const ELSEWHERE_WAIT_MS = 30_000;

/**
 * Finds an agent's client by the id that jobs carry. Keys exist only here, and never leave the
 * process.
 */
export class Agents {
  readonly #configured: readonly AgentCredentials[];
  readonly #market: MarketplaceAddress;
  readonly #log: Logger;
  readonly #refusedRetryMs: number;
  readonly #known = new Map<string, KnownAgent>();
  readonly #refused = new Set<AgentCredentials>();
  #settled = 0;
  readonly #listeners: ((agent: KnownAgent) => void)[] = [];
  readonly #rejectionListeners: ((agent: AgentCredentials) => void)[] = [];

  constructor(
    configured: readonly AgentCredentials[],
    market: MarketplaceAddress,
    { log, refusedRetryMs = REFUSED_RETRY_MS }: { log: Logger; refusedRetryMs?: number },
  ) {
    if (configured.length === 0) {
      throw new ConfigurationError(
        'No agent is configured. Set ATELIER_API_KEY, or list agents in the configuration file (FULFILLMENT_CONFIG).',
      );
    }
    for (const { apiKey, webhookSecret } of configured) keepSecret(apiKey, webhookSecret);
    this.#configured = configured;
    this.#market = market;
    this.#log = log;
    this.#refusedRetryMs = refusedRetryMs;
  }

  /**
   * Asks the marketplace who each agent is, and repeats until the marketplace answers. An agent
   * whose key stays refused is logged and left out. The other agents go on, and the process asks
   * again from time to time.
   * @param needsAgents whether the process has nothing to do without an agent.
   * @throws ConfigurationError when the keys of all agents are refused and the process must serve
   * one.
   */
  async identify(signal: AbortSignal, { needsAgents = true }: { needsAgents?: boolean } = {}): Promise<void> {
    await Promise.all(
      this.#configured.map(async (agent) => {
        const known = await this.#identify(agent, signal);
        if (signal.aborted) return;
        this.#settled += 1;
        if (known === null) this.#reject(agent);
        else this.#tell(known);
      }),
    );
    for (const agent of this.#refused) void this.#askOnOf(agent, signal);
    if (needsAgents && this.#refused.size === this.#configured.length) {
      throw new ConfigurationError(
        `The marketplace refuses the key of every agent (${[...this.#refused].map(({ name }) => name).join(', ')}). Check ATELIER_API_KEY and ATELIER_BASE_URL.`,
      );
    }
  }

  #reject(agent: AgentCredentials): void {
    this.#refused.add(agent);
    for (const listener of this.#rejectionListeners) listener(agent);
  }

  async #askOnOf(agent: AgentCredentials, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await delay(this.#refusedRetryMs, undefined, { signal, ref: false }).catch(() => undefined);
      const known = await this.#identify(agent, signal).catch((error: unknown) => {
        this.#log.error({ agent: agent.name, reason: describeError(error) }, 'this agent is not served');
        return null;
      });
      if (known !== null) {
        this.#refused.delete(agent);
        this.#tell(known);
        return;
      }
      this.#reject(agent);
    }
  }

  #tell(known: KnownAgent): void {
    for (const listener of this.#listeners) listener(known);
  }

  /** @returns null when the key is refused repeatedly, or the process stops. */
  async #identify(agent: AgentCredentials, signal: AbortSignal): Promise<KnownAgent | null> {
    const { fetchFor, ...market } = this.#market;
    const fetch = fetchFor && { fetch: fetchFor(agent.name) };
    const client = new AtelierClient({ apiKey: agent.apiKey, ...market, ...fetch });
    let refusals = 0;
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        const me = await client.agents.me({ signal });
        if (agent.id !== undefined && agent.id !== me.id) {
          throw new ConfigurationError(
            `Agent "${agent.name}" is configured as ${agent.id}, but its key belongs to ${me.id}.`,
          );
        }
        const webhookSecret = agent.webhookSecret ?? me.webhook_secret ?? null;
        keepSecret(webhookSecret);
        const known = { id: me.id, name: agent.name, client, webhookSecret, endpointUrl: me.endpoint_url };
        this.#known.set(me.id, known);
        this.#log.info({ agentId: me.id, agent: agent.name }, 'agent identified');
        return known;
      } catch (error) {
        if (signal.aborted) return null;
        if (error instanceof ConfigurationError) throw error;
        const isRefusal = error instanceof AuthenticationError || error instanceof ForbiddenError;
        if (isRefusal) refusals += 1;
        if (refusals >= MAX_REFUSALS) {
          this.#log.error(
            { agent: agent.name },
            'the marketplace refuses the key of this agent: its orders are not served',
          );
          return null;
        }
        const retryInMs = backoffWait(BACKOFF_MS, failures);
        this.#log.warn(
          { agent: agent.name, reason: describeError(error), retryInMs },
          'cannot identify the agent yet',
        );
        await delay(retryInMs, undefined, { signal }).catch(() => undefined);
      }
    }
    return null;
  }

  /** Calls the listener for each agent, once it is identified. */
  onKnown(listener: (agent: KnownAgent) => void): void {
    this.#listeners.push(listener);
    for (const agent of this.#known.values()) listener(agent);
  }

  /** Calls the listener for each agent whose key is rejected, after each retry of the key. */
  onRejected(listener: (agent: AgentCredentials) => void): void {
    this.#rejectionListeners.push(listener);
    for (const agent of this.#refused) listener(agent);
  }

  /** The agents that have been identified. */
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
   * Finds the agent of a job.
   * @throws StepError (throttled) when no agent of this process has the id. The agent is not
   * identified yet, or another process has it.
   */
  require(agentId: string): KnownAgent {
    const agent = this.#known.get(agentId);
    if (agent) return agent;
    if (!this.isComplete)
      throw waitingFor(`agent ${agentId} is not identified yet`, Date.now() + UNKNOWN_WAIT_MS);
    throw new StepError({
      kind: 'throttled',
      reason: `No agent of this process has the id ${agentId}. Is its key in the configuration, and right?`,
      retryAt: Date.now() + ELSEWHERE_WAIT_MS,
      isGuess: true,
      raiseSoon: true,
    });
  }
}
