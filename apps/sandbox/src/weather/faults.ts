import type { Random } from '../market/random.ts';

/**
 * The faults of a call:
 * - `latency` waits.
 * - `reset` breaks the connection.
 * - `html` answers a proxy's 502, `too_large` its 413, `status` an error.
 * - `lost` performs the call, then breaks the connection. `hang` performs it and never answers.
 * - `late` performs the call after a while, even if its caller has gone.
 * - `stale` answers a read with the last answer to the same call, unless the caller asks to bypass
 *   caches.
 */
export const FAULT_KINDS = [
  'latency',
  'late',
  'stale',
  'reset',
  'html',
  'too_large',
  'status',
  'lost',
  'hang',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/**
 * These faults strike before a call reaches the marketplace. Its rate limiter does not count such a
 * call.
 */
export const OUTSIDE: readonly FaultKind[] = ['reset', 'html', 'too_large'];
/** These faults strike inside the marketplace, on calls that passed its rate limiter. */
export const INSIDE: readonly FaultKind[] = ['status', 'lost', 'hang'];

export interface Fault {
  /** The SDK's name of an endpoint, such as `orders.deliver`, or `*`. */
  endpoint: string;
  kind: FaultKind;
  /** The remaining strikes. Null: until a control call clears the fault. */
  times: number | null;
  /** The probability of a strike, 0 to 1. */
  probability: number;
  latencyMs: number;
  status: number;
  /** `too_large` strikes bodies of more bytes than this. */
  overBytes: number;
}

/** The current faults, the oldest first. */
export class Faults {
  readonly #random: Random;
  #faults: Fault[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  add(fault: Fault): void {
    this.#faults.push(fault);
  }

  /** @param endpoint clears only the faults of this endpoint. */
  clear(endpoint?: string): void {
    this.#faults = this.#faults.filter((fault) => endpoint !== undefined && fault.endpoint !== endpoint);
  }

  all(): readonly Fault[] {
    return this.#faults;
  }

  /**
   * The first fault of these kinds that strikes a call, if any. A fault disappears after its last
   * strike.
   */
  strike(endpoint: string, kinds: readonly FaultKind[], bodyBytes = 0): Fault | null {
    const struck = this.#faults.find(
      (fault) =>
        kinds.includes(fault.kind) &&
        (fault.endpoint === '*' || fault.endpoint === endpoint) &&
        (fault.kind !== 'too_large' || bodyBytes > fault.overBytes) &&
        this.#random() < fault.probability,
    );
    if (struck === undefined) return null;
    if (struck.times !== null) {
      struck.times -= 1;
      if (struck.times === 0) this.#faults = this.#faults.filter((fault) => fault !== struck);
    }
    return struck;
  }
}
