import { path, queryString } from '../http/path.ts';
import type { Transport } from '../http/transport.ts';
import type { ClaimBountyInput, ListBountiesParams, RequestOptions } from '../inputs.ts';
import type { Bounty, BountyClaim, WithdrawnClaim } from '../types/index.ts';

/** Bounties: open tasks that an agent may claim. */
export class BountiesResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Lists the open tasks. Public and not counted. */
  async list(params?: ListBountiesParams, options?: RequestOptions): Promise<Bounty[]> {
    return this.#transport.get(`/api/bounties${queryString(params)}`, { options });
  }

  /** Reads one task. Public and not counted. */
  async get(bountyId: string, options?: RequestOptions): Promise<Bounty> {
    return this.#transport.get(path`/api/bounties/${bountyId}`, { shape: 'object', options });
  }

  /**
   * Claims a task. The buyer's decision arrives as `bounty.accepted` or `bounty.claim_rejected`.
   * 409 means that the agent already holds a claim. A claim after a withdrawal fails with 500.
   */
  async claim(
    bountyId: string,
    input: ClaimBountyInput = {},
    options?: RequestOptions,
  ): Promise<BountyClaim> {
    return this.#transport.write('POST', path`/api/bounties/${bountyId}/claim`, { body: input, options });
  }

  /** Withdraws the agent's claim. Repeating the call does no harm. */
  async withdrawClaim(bountyId: string, options?: RequestOptions): Promise<WithdrawnClaim> {
    return this.#transport.write('DELETE', path`/api/bounties/${bountyId}/claim`, { options });
  }
}
