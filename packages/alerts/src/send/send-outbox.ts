import { type AlertMessage, ChannelError } from '@fulfillment/handlers';
import { describeError, type Logger } from '@fulfillment/platform';
import type { Route } from '../evaluate/accepts.ts';
import type { AlertStore, OutboxEntry } from '../store/alert-store.ts';
import type { LinkSigner } from './links.ts';

const MINUTE = 60_000;
/** A claim outlasts the longest call, so that no other process sends the same message. In ms. */
const CLAIM_MS = MINUTE;
/**
 * The first wait after a failed attempt, in ms. It doubles with each attempt, and a channel may ask
 * for more, up to the longest wait.
 */
const FIRST_WAIT_MS = 15_000;
const LONGEST_WAIT_MS = 30 * MINUTE;
/** A message that failed so often no longer holds up other alerts of its channel. */
const TRIES_IN_TURN = 5;
/** A message that a channel has not taken for so long is given up, in ms. */
const GIVE_UP_MS = 24 * 60 * MINUTE;
/** A message that has failed for so long is an alert of its own, in ms. */
const FAILING_MS = 15 * MINUTE;

export interface Sending {
  store: AlertStore;
  routes: readonly Route[];
  links: LinkSigner;
  /** The address of the console. Absent: messages have no links. */
  adminUrl?: string | undefined;
  log: Logger;
  /** Aborted when the process stops. */
  stopping: AbortSignal;
}

/** Sends the messages of the outbox. No channel waits for another. */
export class OutboxSender {
  readonly #sending: Sending;
  /** The channels that send now. */
  readonly #busy = new Set<string>();

  constructor(sending: Sending) {
    this.#sending = sending;
  }

  /**
   * Sends the due messages. Skips a channel that still sends.
   * @returns when the other channels have finished.
   */
  async send(): Promise<void> {
    const entries = await this.#sending.store.outbox();
    const byChannel = Map.groupBy(entries, ({ channel }) => channel);
    await Promise.all([...byChannel].map(([channel, queue]) => this.#sendOf(channel, queue)));
  }

  async #sendOf(channel: string, queue: readonly OutboxEntry[]): Promise<void> {
    if (this.#busy.has(channel)) return;
    this.#busy.add(channel);
    try {
      await sendInTurn(this.#sending, queue);
    } finally {
      this.#busy.delete(channel);
    }
  }
}

/**
 * The channels whose oldest message has failed for too long.
 * @param now in ms since the epoch.
 */
export function failingChannels(outbox: readonly OutboxEntry[], now: number): string[] {
  const failing = outbox.filter(({ tries, createdAt }) => tries > 0 && now - createdAt > FAILING_MS);
  return [...new Set(failing.map(({ channel }) => channel))];
}

/**
 * A channel that fails is left alone until its first message is due again. A message that keeps
 * failing holds up only the later ones of its alert: the fault may be its own.
 */
async function sendInTurn(sending: Sending, queue: readonly OutboxEntry[]): Promise<void> {
  const heldUp = new Set<string>();
  for (const entry of queue) {
    if (sending.stopping.aborted) return;
    const { alert } = entry.message;
    if (heldUp.has(alert) || (await isDone(sending, entry))) continue;
    if (entry.tries < TRIES_IN_TURN) return;
    heldUp.add(alert);
  }
}

/** Sends a message if it is due. @returns whether it is done: sent or given up. */
async function isDone(sending: Sending, listed: OutboxEntry): Promise<boolean> {
  const { store } = sending;
  if (listed.nextAt > Date.now() || !(await store.claim(listed, CLAIM_MS))) return false;
  // Another process may have sent it, or put it off, since the list was read.
  const entry = await store.entry(listed.message.id);
  if (entry !== null && entry.nextAt <= Date.now()) return send(sending, entry);
  await store.release(listed);
  return entry === null;
}

/** @returns whether the message is done. */
async function send(sending: Sending, entry: OutboxEntry): Promise<boolean> {
  const { store, routes, log, stopping } = sending;
  const { channel: name, message } = entry;
  const { title, state } = message;
  const tries = entry.tries + 1;
  const finish = (failure: string | null) =>
    store.finish(entry, { at: Date.now(), channel: name, title, state, failure, tries });
  const route = routes.find((one) => one.name === name);
  if (route === undefined) {
    await finish('the configuration has no such channel');
    return true;
  }
  try {
    await route.channel.send(completed(sending, entry), stopping);
  } catch (error) {
    // The stop of this process is not the channel's failure. Another process sends the message.
    if (stopping.aborted) return false;
    const reason = describeError(error);
    const isTemporary = !(error instanceof ChannelError) || error.isTemporary;
    const age = Date.now() - entry.createdAt;
    log.warn({ channel: name, alert: message.alert, tries, reason }, 'alert not sent');
    if (!isTemporary || age > GIVE_UP_MS) {
      await finish(reason);
      return true;
    }
    const asked = error instanceof ChannelError ? (error.retryAfterMs ?? 0) : 0;
    const wait = Math.min(Math.max(asked, FIRST_WAIT_MS * 2 ** (tries - 1)), LONGEST_WAIT_MS);
    await store.putOff({ ...entry, tries, nextAt: Date.now() + wait, reason });
    return false;
  }
  await finish(null);
  log.info({ channel: name, alert: message.alert, state }, 'alert sent');
  return true;
}

/** The message with its links. */
function completed({ adminUrl, links }: Sending, { message, path }: OutboxEntry): AlertMessage {
  if (adminUrl === undefined) return { ...message, link: null, runbookLink: null, acknowledgeLink: null };
  const query = links.queryOf(message.alert, Date.parse(message.openedAt));
  const canAcknowledge = message.state !== 'resolved' && message.state !== 'test';
  return {
    ...message,
    link: `${adminUrl}${path}`,
    runbookLink: message.state === 'test' ? null : `${adminUrl}/alerts/runbook#${message.kind}`,
    acknowledgeLink: canAcknowledge ? `${adminUrl}/alerts/acknowledge?${query}` : null,
  };
}
