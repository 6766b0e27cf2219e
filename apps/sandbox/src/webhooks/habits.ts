/** How webhooks reach an agent. */
export interface WebhookHabits {
  /** False: no webhook is ever sent. */
  enabled: boolean;
  /** The probability, 0 to 1, that an event is lost permanently. */
  loss: number;
  /**
   * The number of copies of each event. A fraction is the probability of one more: 1.2 sends one in
   * five twice.
   */
  repeat: number;
  /** The maximum random delay of each copy, in ms. With a delay, events overtake each other. */
  reorderMs: number;
  /** The wait before each attempt, in ms. */
  retryDelaysMs: readonly number[];
  /** The timeout for an answer, in ms. */
  timeoutMs: number;
}

const DEFAULT_HABITS: WebhookHabits = {
  enabled: true,
  loss: 0,
  repeat: 1,
  reorderMs: 0,
  retryDelaysMs: [0, 1000, 4000],
  timeoutMs: 5000,
};

/** The habits for all agents, and the different habits of some agents. */
export class Habits {
  #all = DEFAULT_HABITS;
  readonly #byAgent = new Map<string, Partial<WebhookHabits>>();

  of(agentId: string): WebhookHabits {
    return { ...this.#all, ...this.#byAgent.get(agentId) };
  }

  /** @param agentId null: for all agents. */
  change(agentId: string | null, habits: Partial<WebhookHabits>): void {
    if (agentId === null) this.#all = { ...this.#all, ...habits };
    else this.#byAgent.set(agentId, { ...this.#byAgent.get(agentId), ...habits });
  }

  show(): { all: WebhookHabits; byAgent: Record<string, Partial<WebhookHabits>> } {
    return { all: this.#all, byAgent: Object.fromEntries(this.#byAgent) };
  }

  reset(): void {
    this.#all = DEFAULT_HABITS;
    this.#byAgent.clear();
  }
}
