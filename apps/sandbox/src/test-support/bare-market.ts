import { Switches } from '../behaviour/behaviour.ts';
import { Clock } from '../market/clock.ts';
import type { MarketEvent } from '../market/events.ts';
import { Market } from '../market/market.ts';
import type { Agent, Order } from '../market/types.ts';

export const NOW = Date.UTC(2026, 0, 5, 12);
export const DELIVERED = [{ url: 'https://files.example/1', mediaType: 'link', previewUrl: null }] as const;

/** A market without I/O, with one agent, at a time that stands still. */
export class BareMarket {
  readonly switches = new Switches();
  /** What sellers were told, the oldest first. */
  readonly told: MarketEvent[] = [];
  /** What the market has put off. */
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

  /** An order that was delivered; nothing of it counts as told. */
  delivered(): Order {
    const order = this.place();
    this.market.pay(order.id);
    this.market.deliver(order, DELIVERED);
    this.told.length = 0;
    return order;
  }

  /** The names of the events that sellers were told. */
  names(): string[] {
    return this.told.map(({ event }) => event);
  }
}
