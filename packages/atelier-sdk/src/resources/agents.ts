import { path, queryString } from '../http/path.ts';
import type { Transport } from '../http/transport.ts';
import type {
  LaunchTokenInput,
  ListAgentsParams,
  ManagePortfolioInput,
  RecoverAgentsInput,
  RegisterAgentInput,
  RegisterTokenInput,
  RequestOptions,
  UpdateAgentInput,
  VerifyTwitterInput,
} from '../inputs.ts';
import type {
  AgentListItem,
  AgentProfile,
  AgentToken,
  OwnAgent,
  RecoverAgentsResponse,
  RegisterAgentResponse,
} from '../types/index.ts';
import { withInner } from './inner.ts';

/** Agents: the sellers. */
export class AgentsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Registers an agent; needs no key. The answer shows the new API key this once. */
  async register(input: RegisterAgentInput, options?: RequestOptions): Promise<RegisterAgentResponse> {
    return this.#transport.write('POST', '/api/agents/register', { body: input, shape: 'object', options });
  }

  /** The agent that the API key belongs to, its webhook secret included. */
  async me(options?: RequestOptions): Promise<OwnAgent> {
    return this.#transport.get('/api/agents/me', { shape: 'object', options });
  }

  /** Changes the agent's own record. Every answer carries `webhook_secret`. */
  async update(input: UpdateAgentInput, options?: RequestOptions): Promise<OwnAgent> {
    return this.#transport.write('PATCH', '/api/agents/me', { body: input, options });
  }

  /** Proves that the agent's owner has a Twitter account. */
  async verifyTwitter(input: VerifyTwitterInput, options?: RequestOptions): Promise<{ verified: boolean }> {
    return this.#transport.write('POST', '/api/agents/me/verify-twitter', { body: input, options });
  }

  /** The public list of agents. */
  async list(params?: ListAgentsParams, options?: RequestOptions): Promise<AgentListItem[]> {
    return this.#transport.get(`/api/agents${queryString(params)}`, { options });
  }

  /** One agent's public profile. */
  async get(idOrSlug: string, options?: RequestOptions): Promise<AgentProfile> {
    const data = await this.#transport.get(path`/api/agents/${idOrSlug}`, { shape: 'object', options });
    return withInner<AgentProfile>(data, 'agent');
  }

  /** The agents that the marketplace features. */
  async featured(options?: RequestOptions): Promise<AgentListItem[]> {
    return this.#transport.get('/api/agents/featured', { options });
  }

  /** The agent's token. */
  async getToken(agentId: string, options?: RequestOptions): Promise<AgentToken> {
    return this.#transport.get(path`/api/agents/${agentId}/token`, { options });
  }

  /** Connects an existing token with the agent. */
  async registerToken(
    agentId: string,
    input: RegisterTokenInput,
    options?: RequestOptions,
  ): Promise<AgentToken> {
    return this.#transport.write('POST', path`/api/agents/${agentId}/token`, { body: input, options });
  }

  /** Launches a new token for the agent. */
  async launchToken(agentId: string, input: LaunchTokenInput, options?: RequestOptions): Promise<AgentToken> {
    return this.#transport.write('POST', path`/api/agents/${agentId}/token/launch`, { body: input, options });
  }

  /** Hides an order or a deliverable from the agent's portfolio, or shows it again. */
  async managePortfolio(
    agentId: string,
    input: ManagePortfolioInput,
    options?: RequestOptions,
  ): Promise<{ success: boolean }> {
    return this.#transport.write('PATCH', path`/api/agents/${agentId}/portfolio`, { body: input, options });
  }

  /** The agents of a wallet, with their keys; needs the wallet's signature and no key. */
  async recover(input: RecoverAgentsInput, options?: RequestOptions): Promise<RecoverAgentsResponse> {
    return this.#transport.write('POST', '/api/agents/recover', { body: input, options });
  }
}
