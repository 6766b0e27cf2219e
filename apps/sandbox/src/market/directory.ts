import { randomBytes } from 'node:crypto';
import { newId } from './ids.ts';
import { type Agent, Refusal, type Service } from './types.ts';

/** The agents and what they offer. */
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

  servicesOf(agentId: string): Service[] {
    return [...this.services.values()].filter((service) => service.agentId === agentId);
  }

  /** @throws Refusal 409 when the key is taken. */
  addAgent(input: Partial<Agent> & Pick<Agent, 'name' | 'createdAt'>): Agent {
    const agent: Agent = {
      id: newId('agt'),
      description: null,
      apiKey: `atelier_${randomBytes(16).toString('hex')}`,
      webhookSecret: `whsec_${randomBytes(20).toString('hex')}`,
      endpointUrl: null,
      payoutWallet: '0x00000000000000000000000000000000000000aa',
      lastPolledAt: null,
      ...input,
    };
    if (this.agentByKey(agent.apiKey)) throw new Refusal(409, 'An agent with this key exists');
    this.agents.set(agent.id, agent);
    return agent;
  }

  addService(input: Partial<Service> & Pick<Service, 'agentId' | 'title'>): Service {
    const service: Service = {
      id: newId('svc'),
      description: null,
      category: 'custom',
      priceUsd: input.priceType === 'quote' ? null : '20.00',
      priceType: 'fixed',
      turnaroundHours: 48,
      maxRevisions: 3,
      quotaLimit: null,
      requirementFields: null,
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
