import type { WebhookEvent, WebhookEventOf, WebhookEventType } from '../webhooks/events.ts';
import { SIGNATURE_HEADER, type VerifyWebhookOptions, verifyWebhook } from '../webhooks/signature.ts';

/** One function for each type of event. Events without an entry are accepted silently. */
export type WebhookHandlerMap = {
  [Type in WebhookEventType]?: ((event: WebhookEventOf<Type>) => void | Promise<void>) | undefined;
};

/** A plain object of headers, of any case, or the web's `Headers`. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * A request as the marketplace sent it. `body` must be the raw body, not parsed and written again.
 */
export interface WebhookRequest {
  body: string | Uint8Array;
  headers: WebhookHeaders;
}

/** The incoming webhooks of the agent that owns the secret. */
export class WebhooksResource {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /**
   * The event of a webhook with a valid signature. Throws a `WebhookVerificationError` for any
   * other.
   */
  verify(
    rawBody: string | Uint8Array,
    signatureHeader: string | null | undefined,
    options?: VerifyWebhookOptions,
  ): WebhookEvent {
    return verifyWebhook(this.#secret, { body: rawBody, signature: signatureHeader }, options).event;
  }

  /**
   * A function that verifies a request and calls the handler of its event. It rejects with a
   * `WebhookVerificationError` (answer 401), or with the handler's error (answer 5xx, so that the
   * marketplace sends the webhook again). The marketplace waits 5 seconds for the answer.
   */
  createHandler(
    handlers: WebhookHandlerMap,
    options?: VerifyWebhookOptions,
  ): (request: WebhookRequest) => Promise<void> {
    return async ({ body, headers }) => {
      const event = this.verify(body, readHeader(headers, SIGNATURE_HEADER), options);
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

/** Checks for a method, since a framework's `Headers` need not be the global one. */
function isWebHeaders(headers: WebhookHeaders): headers is Headers {
  return typeof headers.get === 'function';
}
