import { createHash } from 'node:crypto';
import type { AlertMessage } from '@fulfillment/handlers';
import { ALERT_KINDS } from '@fulfillment/shared';
import type { Alert, Extent, Told } from './alert.ts';

/** A message for a channel. Its links are added when it is sent. */
export interface OutgoingMessage {
  channel: string;
  message: Omit<AlertMessage, 'link' | 'runbookLink' | 'acknowledgeLink'>;
  /** A path of the console. */
  path: string;
}

/**
 * Builds a message about an alert.
 * @param about the channel, the state and the extent. `told`: the channel's earlier messages, which
 * distinguish the ids of its messages.
 */
export function messageFor(
  { alert: name, kind, severity, title, openedAt }: Alert,
  about: {
    channel: string;
    state: AlertMessage['state'];
    extent: Extent;
    told: Pick<Told, 'firstAt' | 'messages'>;
  },
): OutgoingMessage {
  const { channel, state, told } = about;
  const { count, amountUsd, dueAt, path } = about.extent;
  return {
    channel,
    path,
    message: {
      id: createHash('sha256')
        .update(JSON.stringify([name, channel, told.firstAt, told.messages, state]))
        .digest('hex')
        .slice(0, 32),
      alert: name,
      kind,
      severity,
      state,
      title,
      advice: ALERT_KINDS[kind].advice,
      count,
      amountUsd,
      dueAt: dueAt === null ? null : new Date(dueAt).toISOString(),
      openedAt: new Date(openedAt).toISOString(),
    },
  };
}
