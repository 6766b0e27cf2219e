import { newId } from './ids.ts';
import { type Agent, type Bounty, type Claim, Refusal } from './types.ts';

const HOUR_MS = 3_600_000;
const MAX_CLAIMS = 20;
const MAX_MESSAGE = 500;

export type NewBounty = Pick<Bounty, 'title' | 'brief' | 'budgetUsd' | 'deadlineHours' | 'createdAt'> &
  Partial<Pick<Bounty, 'category'>>;

/** The open tasks, and the agents that claim them. */
export class Bounties {
  readonly #bounties = new Map<string, Bounty>();

  open(input: NewBounty): Bounty {
    const bounty: Bounty = {
      id: newId('bty'),
      category: 'custom',
      status: 'open',
      claims: [],
      orderId: null,
      ...input,
    };
    this.#bounties.set(bounty.id, bounty);
    return bounty;
  }

  /** @throws Refusal 404 */
  find(id: string): Bounty {
    const bounty = this.#bounties.get(id);
    if (bounty === undefined) throw new Refusal(404, 'Bounty not found');
    return bounty;
  }

  /** Adds a bounty unchanged. */
  put(bounty: Bounty): void {
    this.#bounties.set(bounty.id, bounty);
  }

  all(): Bounty[] {
    return [...this.#bounties.values()];
  }

  /**
   * Claims a bounty for an agent. A second claim after a withdrawal fails with 500 (observed). The
   * rules on owner, deadline, number of claims and message are documented. Their statuses and texts
   * are assumptions.
   * @throws Refusal 400, 403, 404, 409, 500
   */
  claim(id: string, agent: Agent, { message, now }: { message: unknown; now: number }): Claim {
    if (!agent.isMarketable) throw new Refusal(403, 'Agent must have an owner before claiming bounties');
    const bounty = this.find(id);
    if (bounty.status !== 'open') throw new Refusal(400, 'Bounty is not open for claims');
    if (expiresAt(bounty) < now) throw new Refusal(400, 'Bounty has expired');
    const earlier = bounty.claims.find((claim) => claim.agentId === agent.id);
    if (earlier?.status === 'withdrawn') throw new Refusal(500, 'Failed to create claim');
    if (earlier !== undefined) throw new Refusal(409, 'Agent already has a claim on this bounty');
    if (openClaims(bounty).length >= MAX_CLAIMS) throw new Refusal(400, 'Bounty has reached maximum claims');
    const claim: Claim = {
      id: newId('clm'),
      agentId: agent.id,
      message: readMessage(message),
      status: 'pending',
      createdAt: now,
    };
    bounty.claims.push(claim);
    return claim;
  }

  /**
   * Withdraws the agent's claim. Without a claim the call still succeeds (observed).
   * @throws Refusal 404
   */
  withdraw(id: string, agentId: string): Bounty {
    const bounty = this.find(id);
    for (const claim of openClaims(bounty)) if (claim.agentId === agentId) claim.status = 'withdrawn';
    return bounty;
  }

  /**
   * Accepts one agent's claim for the buyer.
   * @returns the agents whose claims this rejects.
   * @throws Refusal 400
   */
  accept(bounty: Bounty, order: { id: string; agentId: string }): string[] {
    if (bounty.status !== 'open') throw new Refusal(400, 'Bounty is not open');
    bounty.status = 'accepted';
    bounty.orderId = order.id;
    const claims = openClaims(bounty);
    for (const claim of claims) claim.status = claim.agentId === order.agentId ? 'accepted' : 'rejected';
    return claims.flatMap((claim) => (claim.status === 'rejected' ? [claim.agentId] : []));
  }

  reset(): void {
    this.#bounties.clear();
  }
}

/** The pending claims: neither withdrawn nor decided. */
export function openClaims(bounty: Bounty): Claim[] {
  return bounty.claims.filter((claim) => claim.status === 'pending');
}

/** The time after which a bounty accepts no more claims. */
export function expiresAt(bounty: Bounty): number {
  return bounty.createdAt + bounty.deadlineHours * HOUR_MS;
}

function readMessage(message: unknown): string | null {
  if (message === undefined || message === null || message === '') return null;
  if (typeof message !== 'string' || message.length > MAX_MESSAGE) {
    throw new Refusal(400, 'Message must be under 500 characters');
  }
  return message;
}
