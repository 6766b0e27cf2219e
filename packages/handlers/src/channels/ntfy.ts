import { callService } from './call-service.ts';
import { channelOf, required, requiredUrl } from './channel-options.ts';
import type { AlertChannel, Severity } from './message.ts';
import { alertLines, alertTitle } from './message-text.ts';

export interface NtfyOptions {
  /** The topic. Whoever knows the topic of a public server can read it, so it is a secret. */
  topic: string | undefined;
  /** Default: `https://ntfy.sh`. */
  server?: string;
  /** An access token. Read it from the environment. */
  token?: string | undefined;
}

const PRIORITIES: Record<Severity, number> = { info: 2, warning: 3, critical: 5 };

/** Sends alerts to a topic of ntfy. */
export function ntfy({ server = 'https://ntfy.sh', token, ...options }: NtfyOptions): AlertChannel {
  return channelOf('ntfy', () => {
    const topic = required('topic', options.topic);
    const url = requiredUrl('server', server);
    return {
      protocol: 'ntfy',
      secrets: [topic, ...(token === undefined ? [] : [token])],
      send: (message, signal) =>
        callService({
          protocol: 'ntfy',
          url,
          headers: {
            'content-type': 'application/json',
            ...(token !== undefined && { authorization: `Bearer ${token}` }),
          },
          body: JSON.stringify({
            topic,
            title: alertTitle(message),
            message: alertLines(message).join('\n') || message.title,
            priority: message.state === 'resolved' ? PRIORITIES.info : PRIORITIES[message.severity],
            ...(message.link !== null && { click: message.link }),
          }),
          signal,
        }),
    };
  });
}
