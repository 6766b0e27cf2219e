import type { WebhookEvent, WebhookEventName, WebhookEventOf } from '../webhook-events.ts';
import { SIGNATURE_HEADER, type VerifyWebhookOptions, verifyWebhook } from '../webhook-signature.ts';

/** What to do for each event. Events without an entry are accepted silently. */
export type WebhookHandlers = {
  [Name in WebhookEventName]?: ((event: WebhookEventOf<Name>) => void | Promise<void>) | undefined;
};

/** A plain object of headers, of any case, or the web's `Headers`. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request as the marketplace sent it. `body` must be the raw body, not parsed and written again. */
export interface WebhookRequest {
  body: string | Uint8Array;
  headers: WebhookHeaders;
}

/** Incoming webhooks of the agent whose secret this is. */
export class Webhooks {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** The event of a webhook that is signed as it should be; throws a `WebhookVerificationError` otherwise. */
  async verify(
    rawBody: string | Uint8Array,
    signatureHeader: string | null | undefined,
    options?: VerifyWebhookOptions,
  ): Promise<WebhookEvent> {
    return verifyWebhook(this.#secret, rawBody, signatureHeader, options);
  }

  /**
   * A function that verifies a request and calls the handler of its event. It rejects with a
   * `WebhookVerificationError` (answer 401), or with what the handler threw (answer 5xx, so that the marketplace
   * sends again). The marketplace waits 5 seconds for the answer.
   */
  createHandler(
    handlers: WebhookHandlers,
    options?: VerifyWebhookOptions,
  ): (request: WebhookRequest) => Promise<void> {
    return async ({ body, headers }) => {
      const event = await this.verify(body, readHeader(headers, SIGNATURE_HEADER), options);
      const handler: unknown = Object.hasOwn(handlers, event.event)
        ? Reflect.get(handlers, event.event)
        : undefined;
      if (typeof handler === 'function') await handler(event);
    };
  }
}

function readHeader(headers: WebhookHeaders, name: string): string | undefined {
  if (isWebHeaders(headers)) return headers.get(name) ?? undefined;
  const entry = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
  const value = entry?.[1];
  return typeof value === 'object' ? value.join(',') : value;
}

/** By its method, since a framework's `Headers` need not be the global one. */
function isWebHeaders(headers: WebhookHeaders): headers is Headers {
  return typeof headers.get === 'function';
}
