import { callService } from './call-service.ts';
import { channelOf, requiredUrl } from './channel-options.ts';
import type { AlertChannel } from './message.ts';
import { alertText } from './message-text.ts';

export interface SlackOptions {
  /** The address of an incoming webhook. Read it from the environment. */
  webhookUrl: string | undefined;
}

/** Sends alerts to a channel of Slack, through an incoming webhook. */
export function slack(options: SlackOptions): AlertChannel {
  return channelOf('slack', () => {
    const url = requiredUrl('webhookUrl', options.webhookUrl);
    return {
      protocol: 'slack',
      secrets: [url],
      send: (message, signal) =>
        callService({
          protocol: 'slack',
          url,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ text: escaped(alertText(message)), unfurl_links: false }),
          signal,
        }),
    };
  });
}

/** Slack reads these characters as its own markup. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
