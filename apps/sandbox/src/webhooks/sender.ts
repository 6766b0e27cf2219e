import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { WebhookAttempt } from '../history/entries.ts';
import type { MarketEvent } from '../market/events.ts';
import type { Random } from '../market/random.ts';
import type { Agent } from '../market/types.ts';
import { Habits, type WebhookHabits } from './habits.ts';
import { postWebhook, webhookHeaders } from './request.ts';

type Note = (attempt: Omit<WebhookAttempt, 'at'>) => void;
type Clock = () => number;

/**
 * Sends events to sellers: signed, with retries, and with the configured loss, repeats and
 * reordering.
 */
export class WebhookSender {
  readonly habits = new Habits();
  readonly #random: Random;
  readonly #note: Note;
  readonly #now: Clock;
  readonly #underWay = new Set<Promise<void>>();
  #stop = new AbortController();

  /**
   * @param note receives every attempt.
   * @param now the marketplace's clock.
   */
  constructor(random: Random, note: Note, now: Clock) {
    this.#now = now;
    this.#random = random;
    this.#note = note;
  }

  /** Sends an event to an agent. Never throws, never waits. */
  tell(agent: Agent, { event, orderId, data }: MarketEvent): void {
    const habits = this.habits.of(agent.id);
    if (!habits.enabled || agent.endpointUrl === null) return;
    const toldAt = this.#now();
    if (this.#random() < habits.loss) {
      const nothing = {
        told_at: toldAt,
        copy: 0,
        attempt: 0,
        delivery_id: null,
        status: 0,
        ms: 0,
        lost: true,
      };
      this.#note({ event, agent_id: agent.id, order_id: orderId, ...nothing });
      return;
    }
    const body = JSON.stringify({ event, order_id: orderId, data });
    const copies = Math.floor(habits.repeat) + (this.#random() < habits.repeat % 1 ? 1 : 0);
    for (let copy = 0; copy < copies; copy += 1) {
      const firstWait = this.#random() * habits.reorderMs;
      this.#keep(this.#send(agent, { event, orderId, body, toldAt, copy }, { habits, firstWait }));
    }
  }

  /**
   * Sends a body once, with these headers added to the usual ones or in their place. Undefined
   * removes a header.
   */
  async sendRaw(
    agent: Agent,
    { event, body, timestampSeconds, signer, headers }: RawWebhook,
  ): Promise<{ status: number; delivery_id: string }> {
    const deliveryId = randomUUID();
    const usual = webhookHeaders(
      { ...agent, webhookSecret: signer.webhookSecret },
      { event, deliveryId, body, timestampSeconds },
    );
    const status = await this.#attempt(
      agent,
      { event, orderId: null, body, toldAt: this.#now(), copy: 0 },
      { attempt: 1, deliveryId, headers: withOverrides(usual, headers), signal: this.#stop.signal },
    );
    return { status, delivery_id: deliveryId };
  }

  /** Resolves when no webhook is under way. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Drops the webhooks under way. */
  cancel(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
  }

  /** Ends the webhooks under way. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.idle();
  }

  async #send(
    agent: Agent,
    message: Message,
    { habits, firstWait }: { habits: WebhookHabits; firstWait: number },
  ): Promise<void> {
    const { signal } = this.#stop;
    await pause(firstWait, signal);
    for (const [index, wait] of habits.retryDelaysMs.entries()) {
      await pause(wait, signal);
      if (signal.aborted) return;
      const deliveryId = randomUUID();
      const timestampSeconds = Math.floor(Date.now() / 1000);
      const headers = webhookHeaders(agent, { ...message, deliveryId, timestampSeconds });
      const status = await this.#attempt(agent, message, { attempt: index + 1, deliveryId, headers, signal });
      if (status >= 200 && status < 300) return;
    }
  }

  /** Makes one attempt. @returns the answer's status, or 0 without an answer. */
  async #attempt(
    agent: Agent,
    { event, orderId, body, toldAt, copy }: Message,
    { attempt, deliveryId, headers, signal }: Attempt,
  ): Promise<number> {
    if (agent.endpointUrl === null) return 0;
    const begun = performance.now();
    const limit = AbortSignal.any([signal, AbortSignal.timeout(this.habits.of(agent.id).timeoutMs)]);
    const status = await postWebhook(agent.endpointUrl, { body, headers }, limit);
    const ms = Math.round(performance.now() - begun);
    const outcome = { told_at: toldAt, copy, attempt, delivery_id: deliveryId, status, ms, lost: false };
    if (!signal.aborted) this.#note({ event, agent_id: agent.id, order_id: orderId, ...outcome });
    return status;
  }

  #keep(work: Promise<void>): void {
    const kept = work.finally(() => this.#underWay.delete(kept));
    this.#underWay.add(kept);
  }
}

interface Message {
  event: string;
  orderId: string | null;
  body: string;
  /** The time of the event. */
  toldAt: number;
  copy: number;
}

interface Attempt {
  attempt: number;
  deliveryId: string;
  headers: Record<string, string>;
  signal: AbortSignal;
}

/** A webhook that no order caused. */
export interface RawWebhook {
  event: string;
  body: string;
  timestampSeconds: number;
  /** The agent whose secret signs. */
  signer: Agent;
  /** Names in lower case. */
  headers: Record<string, string | undefined>;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await delay(ms, undefined, { signal }).catch(() => undefined);
}

function withOverrides(
  usual: Record<string, string>,
  overrides: Record<string, string | undefined>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ ...usual, ...overrides }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}
