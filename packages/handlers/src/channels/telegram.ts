import { callService } from './call-service.ts';
import { channelOf, required } from './channel-options.ts';
import type { AlertChannel } from './message.ts';
import { alertText } from './message-text.ts';

export interface TelegramOptions {
  /** The token of the bot. Read it from the environment. */
  botToken: string | undefined;
  /** The chat that gets the messages. The bot must be a member. */
  chatId: string | number;
  /** The address of the Bot API. Default: `https://api.telegram.org`. */
  apiUrl?: string;
}

/** Sends alerts to a chat of Telegram, as a bot. */
export function telegram({
  chatId,
  apiUrl = 'https://api.telegram.org',
  ...options
}: TelegramOptions): AlertChannel {
  return channelOf('telegram', () => {
    const token = required('botToken', options.botToken);
    const call = { protocol: 'telegram', waitOf };
    return {
      protocol: 'telegram',
      secrets: [token],
      send: (message, signal) =>
        callService({
          ...call,
          url: `${apiUrl}/bot${token}/sendMessage`,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            chat_id: chatId,
            text: alertText(message),
            link_preview_options: { is_disabled: true },
          }),
          signal,
        }),
      check: (signal) => callService({ ...call, url: `${apiUrl}/bot${token}/getMe`, method: 'GET', signal }),
    };
  });
}

function waitOf(body: unknown): number | null {
  const seconds = Object(Object(body).parameters).retry_after;
  return typeof seconds === 'number' ? seconds * 1000 : null;
}
