import { newId } from './ids.ts';
import { type Bounty, Refusal } from './types.ts';

/** The open tasks, and who claims them. */
export class Bounties {
  readonly #bounties = new Map<string, Bounty>();

  open(input: Pick<Bounty, 'title' | 'brief' | 'budgetUsd' | 'deadlineHours' | 'createdAt'>): Bounty {
    const bounty: Bounty = { id: newId('bty'), status: 'open', claims: [], ...input };
    this.#bounties.set(bounty.id, bounty);
    return bounty;
  }

  /** @throws Refusal 404 */
  find(id: string): Bounty {
    const bounty = this.#bounties.get(id);
    if (bounty === undefined) throw new Refusal(404, 'Bounty not found');
    return bounty;
  }

  allOpen(): Bounty[] {
    return [...this.#bounties.values()].filter((bounty) => bounty.status === 'open');
  }

  /** @throws Refusal 400 when it is taken, 409 when this agent claimed it before. */
  claim(id: string, agentId: string): Bounty {
    const bounty = mustBeOpen(this.find(id));
    if (bounty.claims.includes(agentId)) throw new Refusal(409, 'You already claimed this bounty');
    bounty.claims.push(agentId);
    return bounty;
  }

  /** @throws Refusal 404 when there is no claim of this agent. */
  withdraw(id: string, agentId: string): Bounty {
    const bounty = mustBeOpen(this.find(id));
    if (!bounty.claims.includes(agentId)) throw new Refusal(404, 'Claim not found');
    bounty.claims = bounty.claims.filter((claimant) => claimant !== agentId);
    return bounty;
  }

  /** The buyer takes one agent. @returns the agents whose claims are rejected by that. */
  accept(bounty: Bounty, agentId: string): string[] {
    mustBeOpen(bounty).status = 'accepted';
    return bounty.claims.filter((claimant) => claimant !== agentId);
  }

  reset(): void {
    this.#bounties.clear();
  }
}

function mustBeOpen(bounty: Bounty): Bounty {
  if (bounty.status !== 'open') throw new Refusal(400, 'Bounty is not open');
  return bounty;
}
