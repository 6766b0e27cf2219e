import type { ClaimBountyInput, ListParams, RequestOptions } from '../inputs.ts';
import { path, queryString } from '../path.ts';
import type { Transport } from '../transport.ts';
import type { Bounty } from '../types.ts';

/** Bounties: open tasks that an agent may claim. */
export class Bounties {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The open tasks. */
  async list(params?: ListParams, options?: RequestOptions): Promise<Bounty[]> {
    return this.#transport.get(`/api/bounties${queryString(params)}`, { options });
  }

  /** One task. */
  async get(bountyId: string, options?: RequestOptions): Promise<Bounty> {
    return this.#transport.get(path`/api/bounties/${bountyId}`, { shape: 'object', options });
  }

  /** Claims a task. The buyer's answer comes as `bounty.accepted` or `bounty.claim_rejected`. */
  async claim(bountyId: string, input: ClaimBountyInput = {}, options?: RequestOptions): Promise<unknown> {
    return this.#transport.write('POST', path`/api/bounties/${bountyId}/claim`, { body: input, options });
  }

  /** Takes a claim back. */
  async withdrawClaim(bountyId: string, options?: RequestOptions): Promise<unknown> {
    return this.#transport.write('DELETE', path`/api/bounties/${bountyId}/claim`, { options });
  }
}
