import { setTimeout as delay } from 'node:timers/promises';
import type { OrderSummary } from '@fulfillment/platform';
import { waitFor } from '@fulfillment/processes';
import {
  DEFAULT_POLICY,
  decide,
  describeFact,
  type Fact,
  type FactOf,
  type FactType,
  factsOf,
  type OrderRecord,
  type OrderRef,
  type Recorded,
} from '@fulfillment/shared';
import type { AgentName } from './agents.ts';
import type { HistoryCall, SandboxOrder } from './sandbox.ts';
import type { System } from './system.ts';

/** Receives the story of a scenario, line by line. */
export type Tell = (line: string) => void;

const PATIENCE_MS = 30_000;
const LOOK_MS = 50;

/**
 * One order between a buyer and one of our agents: the buyer's actions, and our view of the order.
 */
export class Trade {
  readonly ref: OrderRef;
  readonly #system: System;

  constructor(system: System, ref: OrderRef) {
    this.#system = system;
    this.ref = ref;
  }

  get id(): string {
    return this.ref.orderId;
  }

  /**
   * Performs an action of the buyer: `pay`, `approve`, `revision`, `dispute`, `message`, `cancel`,
   * …
   */
  async buyer(action: string, body: object = {}): Promise<void> {
    await this.#system.sandbox.post(`/sandbox/orders/${this.id}/${action}`, body);
  }

  async record(): Promise<OrderRecord | null> {
    return this.#system.store.load(this.ref);
  }

  /** The order as the marketplace shows it. */
  market(): Promise<SandboxOrder> {
    return this.#system.sandbox.order(this.id);
  }

  /** Waits until the marketplace shows a status. */
  async status(status: string): Promise<SandboxOrder> {
    return waitFor(
      `order ${this.id} to be ${status}`,
      async () => {
        const market = await this.market();
        return market.order.status === status ? market : null;
      },
      { timeoutMs: PATIENCE_MS, intervalMs: LOOK_MS },
    );
  }

  /** Waits until we have seen the order's payout. */
  async paidOut(): Promise<void> {
    await waitFor(
      `order ${this.id} to be paid out`,
      async () => (await this.record())?.snapshot?.payoutTxHash ?? null,
      { timeoutMs: PATIENCE_MS, intervalMs: LOOK_MS },
    );
  }

  /** Waits until a fact is recorded. */
  async fact<T extends FactType>(
    type: T,
    which: (fact: Recorded<FactOf<T>>) => boolean = () => true,
    timeoutMs: number = PATIENCE_MS,
  ): Promise<Recorded<FactOf<T>>> {
    return waitFor(
      `the fact "${type}" of order ${this.id}`,
      async () => {
        const record = await this.record();
        return (record && factsOf(record, type).find(which)) ?? null;
      },
      { timeoutMs, intervalMs: LOOK_MS },
    );
  }

  /**
   * Waits until the order waits for a human.
   * @param key the key of the expected attention. Left out: any attention.
   */
  async attention(agentId = this.ref.agentId, key?: string): Promise<OrderSummary['attention'][number]> {
    return waitFor(
      `order ${this.id} to be in attention`,
      async () => {
        const waiting = await this.#system.store.index.list('attention', 0, 100);
        const order = waiting.find((one) => one.orderId === this.id && one.agentId === agentId);
        return order?.attention.find((item) => key === undefined || item.key === key) ?? null;
      },
      { timeoutMs: PATIENCE_MS, intervalMs: LOOK_MS },
    );
  }

  /** Performs an action of the operator, as the admin pages do: a fact and a poke. */
  async operator(fact: Fact): Promise<void> {
    await this.#system.store.append(this.ref, [fact]);
    await this.#system.queues.poke(this.ref, 'operator');
  }

  /** Our calls that took effect for this order. */
  effects(endpoint: 'orders.deliver' | 'orders.quote' | 'orders.sendMessage'): Promise<HistoryCall[]> {
    return this.#system.sandbox.effects(this.id, endpoint);
  }

  /** Waits until nothing is left to do: no step is missing and no job of ours is under way. */
  async quiet(): Promise<void> {
    await waitFor(
      `order ${this.id} to need nothing more`,
      async () => {
        const record = await this.record();
        if (record === null) return null;
        const decision = decide(record, DEFAULT_POLICY, await this.#system.store.now());
        return decision.steps.length === 0 && !decision.readOrder ? true : null;
      },
      { timeoutMs: PATIENCE_MS, intervalMs: LOOK_MS },
    );
  }

  /** Waits until no job of a step of this order waits or runs. */
  async jobGone(queue: 'generation' | 'delivery' | 'messages', step: string): Promise<void> {
    await waitFor(
      `order ${this.id} to have no ${step} job under way`,
      async () => {
        const jobs = await this.#system.queues
          .get(queue)
          .getJobs(['wait', 'active', 'delayed', 'prioritized']);
        return jobs.some((job) => job?.name === step && job.data.orderId === this.id) ? null : true;
      },
      { timeoutMs: PATIENCE_MS, intervalMs: LOOK_MS },
    );
  }

  /** Reports the order's story as it happens, until stopped. */
  async narrate(tell: Tell, stop: AbortSignal): Promise<void> {
    const told = new Set<string>();
    while (!stop.aborted) {
      const record = await this.record();
      for (const fact of record?.facts ?? []) {
        const line = describeFact(fact);
        if (told.has(line)) continue;
        told.add(line);
        tell(line);
      }
      await delay(LOOK_MS, undefined, { signal: stop }).catch(() => undefined);
    }
  }
}

export interface Purchase {
  agent?: AgentName;
  /** The title of the service. The scenarios' configuration has a handler for each title. */
  service?: string;
  category?: string;
  priceType?: 'fixed' | 'quote' | 'weekly' | 'monthly';
  kind?: 'service' | 'x402' | 'bounty';
  brief?: string;
  /** Fields that a misbehaving marketplace might show. */
  overrides?: Record<string, unknown>;
}

/** A buyer places an order. */
export async function place(system: System, purchase: Purchase): Promise<Trade> {
  const { agent = 'studio', service = 'One file', category = 'custom', priceType = 'fixed' } = purchase;
  const { kind = 'service', brief, overrides } = purchase;
  const agentId = system.agentIds[agent];
  const order = await system.sandbox.post<{ id: string }>('/sandbox/orders', {
    service_id: await serviceId(system, agentId, { title: service, category, price_type: priceType }),
    kind,
    brief: brief ?? `A small thing for the scenario "${service}".`,
    client_name: 'Ada',
    ...(overrides === undefined ? {} : { overrides }),
  });
  return new Trade(system, { agentId, orderId: order.id });
}

function serviceId(
  system: System,
  agentId: string,
  offer: { title: string; category: string; price_type: string },
): Promise<string> {
  const key = JSON.stringify([agentId, offer]);
  const made =
    system.serviceIds.get(key) ??
    system.sandbox
      .post<{ id: string }>('/sandbox/services', {
        agent_id: agentId,
        ...offer,
        price_usd: '20.00',
        max_revisions: 1,
      })
      .then((service) => service.id);
  system.serviceIds.set(key, made);
  return made;
}
