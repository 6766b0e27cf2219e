import { describeUsage, formatCost, type Usage, type Usd, usd } from '@fulfillment/shared';

/** Counts the time and the money that a try takes. */
export class Spending {
  #begun = performance.now();
  /** Null while the handler has reported no cost. */
  #cost: Usd | null = null;

  /** The handler begins now: what went before was not its time. */
  begin(): void {
    this.#begun = performance.now();
  }

  /** Adds a usage and describes it in a line. */
  add(used: Usage): string {
    if (used.costUsd !== null) this.#cost = (this.#cost ?? usd(0)).plus(used.costUsd);
    return `used ${used.what}: ${describeUsage(used)}`;
  }

  /** The time and the money so far. */
  text(): string {
    const seconds = ((performance.now() - this.#begun) / 1000).toFixed(1);
    return `after ${seconds} s${this.#cost === null ? '' : `, for ${formatCost(this.#cost)}`}`;
  }
}
