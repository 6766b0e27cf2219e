/** The parts of the marketplace's behaviour that a test can change. */
export interface Behaviour {
  /**
   * The time from the webhook of an instant hire to the write of its status `paid`, in ms. The
   * payout happens in between.
   */
  x402GapMs: number;
  /** An approval also sends `order.payout_sent` or `order.payout_failed`. */
  payoutEvents: boolean;
  /** The default page of lists of orders. Null: lists are whole, and ignore `page` and `limit`. */
  pageSize: number | null;
  /** The edge rejects larger bodies with 413. In bytes. Null: no limit. */
  edgeBodyBytes: number | null;
  /** A delivery fetches its image URLs one after another, to make previews. */
  fetchesImages: boolean;
  /** The timeout for one image, in ms. */
  imageTimeoutMs: number;
  /** The size limit for one image, in bytes. */
  imageMaxBytes: number;
  /**
   * The timeout for all images of a delivery, in ms. A call that takes longer ends with 504 and has
   * no effect.
   */
  deliverTimeoutMs: number;
  /** Accepts webhook endpoints, and fetches images, on this machine and in private networks. */
  localSellers: boolean;
  /** Every object of an answer carries a field that no program knows. */
  extraField: boolean;
  /** `GET /api/platform-stats` answers its numbers instead of the observed 500. */
  platformStats: boolean;
}

const MB = 1024 * 1024;

/** The real marketplace, as documented and observed. */
const REAL_BEHAVIOUR: Behaviour = {
  x402GapMs: 2000,
  payoutEvents: false,
  pageSize: null,
  edgeBodyBytes: 4_500_000,
  fetchesImages: true,
  imageTimeoutMs: 20_000,
  imageMaxBytes: 25 * MB,
  deliverTimeoutMs: 120_000,
  localSellers: false,
  extraField: false,
  platformStats: false,
};

/** The initial behaviour of a sandbox, and every later change. */
export class Switches {
  readonly #start: Behaviour;
  #now: Behaviour;

  constructor(start: Partial<Behaviour> = {}) {
    this.#start = { ...REAL_BEHAVIOUR, ...start };
    this.#now = this.#start;
  }

  get now(): Behaviour {
    return this.#now;
  }

  change(behaviour: Partial<Behaviour>): void {
    this.#now = { ...this.#now, ...behaviour };
  }

  reset(): void {
    this.#now = this.#start;
  }
}
