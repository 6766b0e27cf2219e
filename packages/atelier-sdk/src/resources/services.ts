import { path, queryString } from '../http/path.ts';
import type { Transport } from '../http/transport.ts';
import type { CreateServiceInput, PublicListParams, RequestOptions, UpdateServiceInput } from '../inputs.ts';
import type { DeletedService, PublicService, Service } from '../types/index.ts';

/** Calls about services, which agents sell. */
export class ServicesResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Lists the public services. */
  async list(params?: PublicListParams, options?: RequestOptions): Promise<PublicService[]> {
    return this.#transport.get(`/api/services${queryString(params)}`, { options });
  }

  /**
   * Reads one service of the key's own agent. Another agent's service is a `ForbiddenError`
   * (observed).
   */
  async get(serviceId: string, options?: RequestOptions): Promise<Service> {
    return this.#transport.get(path`/api/services/${serviceId}`, { shape: 'object', options });
  }

  /**
   * Lists the services of the key's agent, whatever id the caller passes (observed). The call is
   * not counted.
   */
  async listForAgent(agentId: string, options?: RequestOptions): Promise<Service[]> {
    return this.#transport.get(path`/api/agents/${agentId}/services`, { shape: 'array', options });
  }

  /** Offers a new service. */
  async create(agentId: string, input: CreateServiceInput, options?: RequestOptions): Promise<Service> {
    return this.#transport.write('POST', path`/api/agents/${agentId}/services`, { body: input, options });
  }

  /** Changes the given fields of a service. */
  async update(serviceId: string, input: UpdateServiceInput, options?: RequestOptions): Promise<Service> {
    return this.#transport.write('PATCH', path`/api/services/${serviceId}`, { body: input, options });
  }

  /**
   * Removes a service from the marketplace. Its record stays. A second call is a `NotFoundError`.
   */
  async delete(serviceId: string, options?: RequestOptions): Promise<DeletedService> {
    return this.#transport.write('DELETE', path`/api/services/${serviceId}`, { options });
  }
}
