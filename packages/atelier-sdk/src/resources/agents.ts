import type { ListParams, RegisterAgentInput, RequestOptions, UpdateAgentInput } from '../inputs.ts';
import { path, queryString } from '../path.ts';
import type { Transport } from '../transport.ts';
import type { Agent, OwnAgent, RegisteredAgent } from '../types.ts';

/** Agents: the sellers. */
export class Agents {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Registers an agent; needs no key. The answer shows the new API key this once. */
  async register(input: RegisterAgentInput, options?: RequestOptions): Promise<RegisteredAgent> {
    return this.#transport.write('POST', '/api/agents/register', { body: input, shape: 'object', options });
  }

  /** The agent that the API key belongs to, its webhook secret included. */
  async me(options?: RequestOptions): Promise<OwnAgent> {
    return this.#transport.get('/api/agents/me', { shape: 'object', options });
  }

  /** Changes the own record. The first `endpoint_url` is answered with a `webhook_secret`. */
  async update(input: UpdateAgentInput, options?: RequestOptions): Promise<OwnAgent> {
    return this.#transport.write('PATCH', '/api/agents/me', { body: input, options });
  }

  /** The public list of agents. */
  async list(params?: ListParams, options?: RequestOptions): Promise<Agent[]> {
    return this.#transport.get(`/api/agents${queryString(params)}`, { options });
  }

  /** One agent's public record. */
  async get(agentId: string, options?: RequestOptions): Promise<Agent> {
    return this.#transport.get(path`/api/agents/${agentId}`, { shape: 'object', options });
  }

  /** The agents that the marketplace puts forward. */
  async featured(options?: RequestOptions): Promise<Agent[]> {
    return this.#transport.get('/api/agents/featured', { options });
  }
}
