import type { System } from '../harness/system.ts';
import { type Purchase, place, type Tell, type Trade } from '../harness/trade.ts';

/** The events between buyers and agents, and the required end. */
export interface Scenario {
  name: string;
  /** Plays alone, before the other scenarios, because it needs a system without other work. */
  isAlone?: true;
  run: (stage: Stage) => Promise<void>;
}

/**
 * Where a scenario plays: the scenario places orders, and the stage reports their stories as they
 * happen.
 */
export class Stage {
  readonly system: System;
  readonly #tell: (orderId: string, line: string) => void;
  readonly #stop = new AbortController();
  readonly orders: Trade[] = [];
  readonly #stories: Promise<void>[] = [];

  constructor(system: System, tell: (orderId: string, line: string) => void = () => undefined) {
    this.system = system;
    this.#tell = tell;
  }

  async place(purchase: Purchase): Promise<Trade> {
    const trade = await place(this.system, purchase);
    const tell: Tell = (line) => this.#tell(trade.id, line);
    this.orders.push(trade);
    this.#stories.push(trade.narrate(tell, this.#stop.signal));
    return trade;
  }

  /** Ends the reports. */
  async end(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#stories);
  }
}
