import { type AlertMessage, ChannelError } from '@fulfillment/handlers';
import { describeError, type Logger } from '@fulfillment/platform';
import type { Route } from '../evaluate/accepts.ts';
import type { AlertStore, OutboxEntry } from '../store/alert-store.ts';
import type { LinkSigner } from './links.ts';

const MINUTE = 60_000;
/** A claim outlasts the longest call, so that no other process sends the same message. In ms. */
const CLAIM_MS = MINUTE;
/** The first wait after a failed attempt, in ms. It doubles with each attempt. */
const FIRST_WAIT_MS = 15_000;
const LONGEST_WAIT_MS = 30 * MINUTE;
/** A message that failed so often no longer holds up the later ones of its channel. */
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

/**
 * Sends the messages that are due. A channel sends one message after another. Channels do not wait
 * for each other.
 * @returns the channels whose oldest message has failed for too long.
 */
export async function sendOutbox(sending: Sending): Promise<string[]> {
  const entries = await sending.store.outbox();
  const byChannel = Map.groupBy(entries, ({ channel }) => channel);
  await Promise.all([...byChannel.values()].map((queue) => sendInTurn(sending, queue)));
  const now = Date.now();
  const failing = entries.filter(({ tries, createdAt }) => tries > 0 && now - createdAt > FAILING_MS);
  return [...new Set(failing.map(({ channel }) => channel))];
}

/**
 * A channel that fails is left alone until its first message is due again. A message that keeps
 * failing no longer holds up the later ones: the fault may be its own.
 */
async function sendInTurn(sending: Sending, entries: readonly OutboxEntry[]): Promise<void> {
  for (const entry of entries) {
    if (sending.stopping.aborted) return;
    const isSent =
      entry.nextAt <= Date.now() &&
      (await sending.store.claim(entry, CLAIM_MS)) &&
      (await send(sending, entry));
    if (!isSent && entry.tries < TRIES_IN_TURN) return;
  }
}

/** @returns whether the channel can take the next message. */
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
    await finish(null);
    log.info({ channel: name, alert: message.alert, state }, 'alert sent');
    return true;
  } catch (error) {
    const reason = describeError(error);
    const isTemporary = !(error instanceof ChannelError) || error.isTemporary;
    const age = Date.now() - entry.createdAt;
    log.warn({ channel: name, alert: message.alert, tries, reason }, 'alert not sent');
    if (!isTemporary || age > GIVE_UP_MS) {
      await finish(reason);
      return true;
    }
    const asked = error instanceof ChannelError ? (error.retryAfterMs ?? 0) : 0;
    const wait = Math.max(asked, Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS));
    await store.putOff({ ...entry, tries, nextAt: Date.now() + wait, reason });
    return false;
  }
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
