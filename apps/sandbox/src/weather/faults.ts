/**
 * What can go wrong with a call. `latency` waits; `status` answers an error; `html` answers a proxy's page with a 502; `reset`
 * breaks the connection before anything happened; `lost` does what was asked and then breaks the connection; `hang` does it and
 * never answers.
 */
export const FAULT_KINDS = ['latency', 'status', 'html', 'reset', 'lost', 'hang'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  /** An endpoint as the SDK calls it, `orders.deliver`, or `*`. */
  endpoint: string;
  kind: FaultKind;
  /** Struck this many more times; null: until it is cleared. */
  times: number | null;
  /** Strikes with this probability, 0 to 1. */
  probability: number;
  latencyMs: number;
  status: number;
}

/** The faults that are set. */
export class Faults {
  readonly #random: () => number;
  #faults: Fault[] = [];

  constructor(random: () => number) {
    this.#random = random;
  }

  add(fault: Fault): void {
    this.#faults.push(fault);
  }

  clear(): void {
    this.#faults = [];
  }

  all(): readonly Fault[] {
    return this.#faults;
  }

  /** The faults that strike a call now: at most one that delays, and one that breaks. */
  strike(endpoint: string): { delay: Fault | null; breakage: Fault | null } {
    const delay = this.#draw(endpoint, (fault) => fault.kind === 'latency');
    return { delay, breakage: this.#draw(endpoint, (fault) => fault.kind !== 'latency') };
  }

  #draw(endpoint: string, isOfKind: (fault: Fault) => boolean): Fault | null {
    const fault = this.#faults.find(
      (candidate) =>
        isOfKind(candidate) &&
        (candidate.endpoint === '*' || candidate.endpoint === endpoint) &&
        candidate.times !== 0 &&
        this.#random() < candidate.probability,
    );
    if (fault === undefined) return null;
    if (fault.times !== null) fault.times -= 1;
    return fault;
  }
}
