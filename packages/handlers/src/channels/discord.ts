import { callService } from './call-service.ts';
import { channelOf, requiredUrl } from './channel-options.ts';
import type { AlertChannel } from './message.ts';
import { alertText } from './message-text.ts';

export interface DiscordOptions {
  /** The address of a webhook of a channel. Read it from the environment. */
  webhookUrl: string | undefined;
}

/** The longest message, in UTF-16 units. */
const LONGEST = 2000;

/** Sends alerts to a channel of Discord, through a webhook. */
export function discord(options: DiscordOptions): AlertChannel {
  return channelOf('discord', () => {
    const url = requiredUrl('webhookUrl', options.webhookUrl);
    return {
      protocol: 'discord',
      secrets: [url],
      send: (message, signal) =>
        callService({
          protocol: 'discord',
          url,
          headers: { 'content-type': 'application/json' },
          // A name in a title must not notify the people whom it seems to mention.
          body: JSON.stringify({
            content: alertText(message).slice(0, LONGEST),
            allowed_mentions: { parse: [] },
          }),
          signal,
          waitOf: (body) => {
            const seconds = Object(body).retry_after;
            return typeof seconds === 'number' ? seconds * 1000 : null;
          },
        }),
    };
  });
}
