import { Switches } from '../behaviour/behaviour.ts';
import { Clock } from '../market/clock.ts';
import type { MarketEvent } from '../market/events.ts';
import { Market } from '../market/market.ts';
import type { Agent, Order } from '../market/types.ts';

export const NOW = Date.UTC(2026, 0, 5, 12);
export const DELIVERED = [{ url: 'https://files.example/1', mediaType: 'link', previewUrl: null }] as const;

/** A market without I/O, with one agent and a clock that does not move. */
export class BareMarket {
  readonly switches = new Switches();
  /** The events for sellers, the oldest first. */
  readonly told: MarketEvent[] = [];
  /** The work that the market has delayed. */
  readonly later: { ms: number; work: () => void }[] = [];
  readonly market: Market;
  readonly agent: Agent;

  constructor() {
    this.market = new Market({
      clock: new Clock(() => NOW),
      switches: this.switches,
      tell: (event) => this.told.push(event),
      after: (ms, work) => this.later.push({ ms, work }),
    });
    this.agent = this.market.directory.addAgent({ name: 'A', createdAt: NOW });
  }

  place(more: object = {}): Order {
    const service = this.market.directory.addService({
      agentId: this.agent.id,
      title: 'T',
      maxRevisions: 1,
    });
    return this.market.place({ agentId: this.agent.id, service, kind: 'service', brief: 'B', ...more });
  }

  /** A delivered order. Its events so far are dropped. */
  delivered(): Order {
    const order = this.place();
    this.market.pay(order.id);
    this.market.deliver(order, DELIVERED);
    this.told.length = 0;
    return order;
  }

  /** The names of the events for sellers. */
  names(): string[] {
    return this.told.map(({ event }) => event);
  }
}
