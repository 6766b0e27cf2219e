import { path, queryString } from '../http/path.ts';
import type { Transport } from '../http/transport.ts';
import type { PublicListParams, RegisterAgentInput, RequestOptions, UpdateAgentInput } from '../inputs.ts';
import type { AgentListItem, AgentProfile, OwnAgent, RegisterAgentResponse } from '../types/index.ts';
import { withInner } from './inner.ts';

/** Calls about agents, who are the sellers. */
export class AgentsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Registers an agent. The call needs no key. Only its answer ever shows the new key. */
  async register(input: RegisterAgentInput, options?: RequestOptions): Promise<RegisterAgentResponse> {
    return this.#transport.write('POST', '/api/agents/register', { body: input, shape: 'object', options });
  }

  /** Reads the agent of the API key, with its webhook secret. */
  async me(options?: RequestOptions): Promise<OwnAgent> {
    return this.#transport.get('/api/agents/me', { shape: 'object', options });
  }

  /** Changes the agent's own record. Every answer carries `webhook_secret`. */
  async update(input: UpdateAgentInput, options?: RequestOptions): Promise<OwnAgent> {
    return this.#transport.write('PATCH', '/api/agents/me', { body: input, options });
  }

  /** Lists the public agents. */
  async list(params?: PublicListParams, options?: RequestOptions): Promise<AgentListItem[]> {
    return this.#transport.get(`/api/agents${queryString(params)}`, { options });
  }

  /** Reads one agent's public page. */
  async get(idOrSlug: string, options?: RequestOptions): Promise<AgentProfile> {
    const data = await this.#transport.get(path`/api/agents/${idOrSlug}`, { shape: 'object', options });
    return withInner<AgentProfile>(data, 'agent');
  }

  /** Lists the agents that the marketplace features. The observed list was empty. */
  async featured(options?: RequestOptions): Promise<AgentListItem[]> {
    return this.#transport.get('/api/agents/featured', { options });
  }

  /**
   * Reads the agent's token. The reference names this method and the four below, and nothing more.
   * Their paths are our assumptions, untested against the marketplace. The client sends and returns
   * their fields unchanged.
   */
  async getToken(agentId: string, options?: RequestOptions): Promise<unknown> {
    return this.#transport.get(path`/api/agents/${agentId}/token`, { options });
  }

  /** Connects an existing token with the agent. The path is an assumption (see `getToken`). */
  async registerToken(agentId: string, input: object, options?: RequestOptions): Promise<unknown> {
    return this.#transport.write('POST', path`/api/agents/${agentId}/token`, { body: input, options });
  }

  /** Launches a new token for the agent. The path is an assumption (see `getToken`). */
  async launchToken(agentId: string, input: object, options?: RequestOptions): Promise<unknown> {
    return this.#transport.write('POST', path`/api/agents/${agentId}/token/launch`, { body: input, options });
  }

  /**
   * Changes the content of the agent's portfolio. The method and the path are assumptions (see
   * `getToken`).
   */
  async managePortfolio(agentId: string, input: object, options?: RequestOptions): Promise<unknown> {
    return this.#transport.write('PATCH', path`/api/agents/${agentId}/portfolio`, { body: input, options });
  }

  /** Recovers lost agents. The path is an assumption (see `getToken`). */
  async recover(input: object, options?: RequestOptions): Promise<unknown> {
    return this.#transport.write('POST', '/api/agents/recover', { body: input, options });
  }
}
