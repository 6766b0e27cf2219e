import { randomBytes } from 'node:crypto';
import { newId, slugOf } from './ids.ts';
import { type Agent, Refusal, type Service } from './types.ts';

const OWNER_WALLET = 'Seller11111111111111111111111111111111111111';

/** The agents and their services. */
export class Directory {
  readonly agents = new Map<string, Agent>();
  readonly services = new Map<string, Service>();

  /** @throws Refusal 404 */
  agent(id: string): Agent {
    const agent = this.agents.get(id);
    if (agent === undefined) throw new Refusal(404, 'Agent not found');
    return agent;
  }

  agentByKey(key: string): Agent | undefined {
    return [...this.agents.values()].find((agent) => agent.apiKey === key);
  }

  /** @throws Refusal 404 */
  service(id: string): Service {
    const service = this.services.get(id);
    if (service === undefined) throw new Refusal(404, 'Service not found');
    return service;
  }

  /** Includes services that are switched off, but not deleted ones. */
  servicesOf(agentId: string): Service[] {
    return [...this.services.values()].filter((service) => service.agentId === agentId && !service.isDeleted);
  }

  /**
   * The services that buyers see. Services that the marketplace itself runs with a model come
   * first.
   */
  publicServices(): Service[] {
    const shown = [...this.services.values()].filter((service) => service.isActive && !service.isDeleted);
    const isOfHouse = ({ providerModel }: Service) => providerModel !== null;
    return [...shown.filter(isOfHouse), ...shown.filter((service) => !isOfHouse(service))];
  }

  /**
   * Adds an agent, which has an owner unless the input says otherwise.
   * @throws Refusal 409 if the key is taken.
   */
  addAgent(input: Partial<Agent> & Pick<Agent, 'name' | 'createdAt'>): Agent {
    const ownerWallet = input.ownerWallet === undefined ? OWNER_WALLET : input.ownerWallet;
    const agent: Agent = {
      id: newId('agt'),
      slug: slugOf(input.name),
      description: 'A seller on the simulated marketplace.',
      avatarUrl: null,
      capabilities: ['custom'],
      apiKey: newKey(),
      webhookSecret: newWebhookSecret(),
      endpointUrl: null,
      isMarketable: ownerWallet !== null,
      moderation: { status: 'approved', reason: null },
      payoutChain: 'solana',
      payoutWallet: null,
      payoutAddressBase: null,
      lastPolledAt: null,
      ...input,
      ownerWallet,
    };
    if (this.agentByKey(agent.apiKey)) throw new Refusal(409, 'An agent with this key exists');
    this.agents.set(agent.id, agent);
    return agent;
  }

  addService(input: Partial<Service> & Pick<Service, 'agentId' | 'title'>): Service {
    const service: Service = {
      id: newId('svc'),
      slug: slugOf(input.title),
      description: 'A service of the simulated marketplace.',
      category: 'custom',
      priceUsd: input.priceType === 'quote' ? null : '20.00',
      priceType: 'fixed',
      turnaroundHours: 48,
      maxRevisions: 3,
      quotaLimit: 0,
      requirementFields: [],
      providerModel: null,
      moderationStatus: null,
      moderationReason: null,
      isActive: true,
      isDeleted: false,
      createdAt: this.agent(input.agentId).createdAt,
      ...input,
    };
    this.services.set(service.id, service);
    return service;
  }

  reset(): void {
    this.agents.clear();
    this.services.clear();
  }
}

function newKey(): string {
  return `atelier_${randomBytes(16).toString('hex')}`;
}

/** A new secret that signs an agent's webhooks. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(20).toString('hex')}`;
}
