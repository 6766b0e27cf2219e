import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Agent, MarketEvent } from '../market/types.ts';
import { signatureHeader } from './sign.ts';

/** How webhooks reach an agent. */
export interface WebhookHabits {
  /** false: no webhook is ever sent. */
  enabled: boolean;
  /** Probability, 0 to 1, that an event is lost for good. */
  loss: number;
  /** How often each event is sent. A fraction is the probability of one more: 1.2 sends one in five twice. */
  repeat: number;
  /** Each copy is delayed by up to this, at random, so that events overtake each other. In ms. */
  reorderMs: number;
  /** The wait before each attempt, in ms. */
  retryDelaysMs: number[];
}

export const DEFAULT_HABITS: WebhookHabits = {
  enabled: true,
  loss: 0,
  repeat: 1,
  reorderMs: 0,
  retryDelaysMs: [0, 1000, 4000],
};

/** One attempt to tell a seller something. `status` 0: no answer in time. */
export interface WebhookAttempt {
  at: number;
  event: string;
  agentId: string;
  orderId: string | null;
  attempt: number;
  deliveryId: string | null;
  status: number;
  ms: number;
  lost: boolean;
}

const TIMEOUT_MS = 5000;

/** Sends events to sellers: signed, retried, and with any loss, repeat and reorder asked for. */
export class WebhookSender {
  habits: WebhookHabits = DEFAULT_HABITS;
  readonly habitsOf = new Map<string, Partial<WebhookHabits>>();
  attempts: WebhookAttempt[] = [];
  readonly #random: () => number;
  readonly #stop = new AbortController();
  readonly #underWay = new Set<Promise<void>>();

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Tells an agent of an event. Never throws, never waits. */
  tell(agent: Agent, { event, orderId, data }: MarketEvent): void {
    const habits = { ...this.habits, ...this.habitsOf.get(agent.id) };
    if (!habits.enabled || agent.endpointUrl === null) return;
    if (this.#random() < habits.loss) {
      this.#note({
        event,
        agentId: agent.id,
        orderId,
        attempt: 0,
        deliveryId: null,
        status: 0,
        ms: 0,
        lost: true,
      });
      return;
    }
    const body = JSON.stringify({ event, order_id: orderId, data });
    const copies = Math.floor(habits.repeat) + (this.#random() < habits.repeat % 1 ? 1 : 0);
    for (let copy = 0; copy < copies; copy += 1) {
      const wait = this.#random() * habits.reorderMs;
      this.#keep(this.#send(agent, { event, orderId, body }, wait, habits.retryDelaysMs));
    }
  }

  /** Sends a body as it is, signed or not, once. @returns the answer's status, 0 without one. */
  async sendRaw(agent: Agent, body: string, headers: Record<string, string>): Promise<number> {
    if (agent.endpointUrl === null) return 0;
    const answer = await post(agent.endpointUrl, body, headers, AbortSignal.timeout(TIMEOUT_MS));
    return answer;
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.idle();
  }

  async #send(
    agent: Agent,
    { event, orderId, body }: { event: string; orderId: string | null; body: string },
    wait: number,
    retryDelaysMs: readonly number[],
  ): Promise<void> {
    await this.#pause(wait);
    for (const [index, pause] of retryDelaysMs.entries()) {
      await this.#pause(pause);
      if (this.#stop.signal.aborted || agent.endpointUrl === null) return;
      const deliveryId = randomUUID();
      const begun = performance.now();
      const timestamp = Math.floor(Date.now() / 1000);
      const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const status = await post(
        agent.endpointUrl,
        body,
        headersOf(agent, event, deliveryId, body, timestamp),
        signal,
      );
      const ms = Math.round(performance.now() - begun);
      this.#note({
        event,
        agentId: agent.id,
        orderId,
        attempt: index + 1,
        deliveryId,
        status,
        ms,
        lost: false,
      });
      if (status >= 200 && status < 300) return;
    }
  }

  async #pause(ms: number): Promise<void> {
    if (ms > 0) await delay(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }

  #keep(work: Promise<void>): void {
    const kept = work.finally(() => this.#underWay.delete(kept));
    this.#underWay.add(kept);
  }

  #note(attempt: Omit<WebhookAttempt, 'at'>): void {
    this.attempts.push({ at: Date.now(), ...attempt });
  }
}

/** The headers of a webhook; unsigned when the agent has no secret. */
export function headersOf(
  agent: Agent,
  event: string,
  deliveryId: string,
  body: string,
  timestampSeconds: number,
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-atelier-event': event,
    'x-atelier-agent-id': agent.id,
    'x-atelier-delivery-id': deliveryId,
    ...(agent.webhookSecret === null
      ? {}
      : { 'x-atelier-signature': signatureHeader(agent.webhookSecret, body, timestampSeconds) }),
  };
}

/** @returns the answer's status; 0 when there was none. A redirect is an answer, and no success. */
async function post(
  url: string,
  body: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<number> {
  try {
    const answer = await fetch(url, { method: 'POST', body, headers, redirect: 'manual', signal });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}
