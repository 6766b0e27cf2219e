import { Webhook } from 'standardwebhooks';
import { callService } from './call-service.ts';
import { channelOf, required, requiredUrl, wrong } from './channel-options.ts';
import type { AlertChannel } from './message.ts';

export interface AlertWebhookOptions {
  /** Where alerts are posted. Read it from the environment if it contains a token. */
  url: string | undefined;
  /** The secret of the signatures, `whsec_` and base64. Read it from the environment. */
  secret: string | undefined;
}

/**
 * Posts alerts to a program, signed as Standard Webhooks. The body is an `AlertMessage` as JSON.
 * The header `webhook-id` is the id of the message. A message may arrive twice with the same id.
 */
export function webhook(options: AlertWebhookOptions): AlertChannel {
  return channelOf('webhook', () => {
    const url = requiredUrl('url', options.url);
    const secret = required('secret', options.secret);
    const signer = signerOf(secret);
    return {
      protocol: 'webhook',
      secrets: [url, secret],
      send(message, signal) {
        const body = JSON.stringify(message);
        const now = new Date();
        return callService({
          protocol: 'webhook',
          url,
          headers: {
            'content-type': 'application/json',
            'webhook-id': message.id,
            'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
            'webhook-signature': signer.sign(message.id, now, body),
          },
          body,
          signal,
        });
      },
    };
  });
}

function signerOf(secret: string): Webhook {
  try {
    return new Webhook(secret);
  } catch {
    throw wrong('secret', 'is not a secret of Standard Webhooks, such as whsec_… and base64');
  }
}
