import { createHmac } from 'node:crypto';
import { WebhookVerificationError } from '../errors.ts';
import { readWebhookEvent } from './body.ts';
import type { WebhookEvent } from './events.ts';

/** The header of the signature, in lower case. */
export const SIGNATURE_HEADER = 'x-atelier-signature';

/** Seconds that a webhook's time may lie in the past or the future. */
const DEFAULT_TOLERANCE_SECONDS = 300;

/** Longer than any honest header, with room for several signatures. */
const MAX_HEADER_LENGTH = 4096;

export interface VerifyWebhookOptions {
  /** Seconds, in both directions. The default is 300. */
  toleranceSeconds?: number | undefined;
  /** The current time in milliseconds, as `Date.now()` gives it. */
  now?: number | undefined;
}

/** A webhook as it arrived. */
export interface SignedWebhook {
  /** The raw body. Parsed and serialised again, its signature no longer matches. */
  body: string | Uint8Array;
  /** The value of `X-Atelier-Signature`. */
  signature: string | null | undefined;
}

/** A webhook whose signature is valid. */
export interface VerifiedWebhook {
  event: WebhookEvent;
  /** When the marketplace signed this try, in ms since the epoch. The signature covers it. */
  signedAt: number;
}

/**
 * The event and the time of a webhook that is signed with the secret, over the raw body, and
 * recent. Throws a `WebhookVerificationError` whose `reason` names the problem.
 */
export function verifyWebhook(
  secret: string,
  webhook: SignedWebhook,
  options: VerifyWebhookOptions = {},
): VerifiedWebhook {
  const { timestamp, signatures } = parseSignatureHeader(webhook.signature);
  const tolerance = options.toleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS;
  const nowSeconds = Math.floor((options.now ?? Date.now()) / 1000);
  // This form of the condition also rejects a NaN.
  if (!(Math.abs(nowSeconds - Number(timestamp)) <= tolerance)) {
    const message = `The webhook's time is more than ${tolerance} s away`;
    throw new WebhookVerificationError(message, 'timestamp_out_of_tolerance');
  }
  const body = toBytes(webhook.body);
  const expected = hmacHex(secret, timestamp, body);
  // Every candidate is compared, so that the duration does not reveal which one matched.
  const matches = signatures.map((candidate) => equalInConstantTime(candidate, expected));
  if (!matches.includes(true)) {
    throw new WebhookVerificationError('No signature matches the webhook', 'no_matching_signature');
  }
  return { event: readWebhookEvent(body), signedAt: Number(timestamp) * 1000 };
}

/** The value of `X-Atelier-Signature` for a body, for sandboxes and tests. */
export function signWebhook(secret: string, rawBody: string | Uint8Array, timestampSeconds: number): string {
  if (!Number.isSafeInteger(timestampSeconds) || timestampSeconds < 0) {
    throw new TypeError('timestampSeconds must be a whole number of seconds');
  }
  const timestamp = String(timestampSeconds);
  return `t=${timestamp},v1=${hmacHex(secret, timestamp, toBytes(rawBody))}`;
}

/** Reads `t=<unix seconds>,v1=<hex>[,v1=<hex>…]`. Other entries are ignored. */
function parseSignatureHeader(header: string | null | undefined): {
  timestamp: string;
  signatures: string[];
} {
  if (!header?.trim()) {
    throw new WebhookVerificationError('The webhook has no X-Atelier-Signature', 'missing_header');
  }
  const entries = header.length <= MAX_HEADER_LENGTH ? header.split(',').map((entry) => entry.trim()) : [];
  const timestamps = entries.filter((entry) => entry.startsWith('t=')).map((entry) => entry.slice(2));
  const signatures = entries.filter((entry) => entry.startsWith('v1=')).map((entry) => entry.slice(3));
  const [timestamp] = timestamps;
  if (
    timestamp === undefined ||
    timestamps.length > 1 ||
    !/^\d{1,12}$/.test(timestamp) ||
    !signatures.length
  ) {
    throw new WebhookVerificationError('X-Atelier-Signature is not t=…,v1=…', 'malformed_header');
  }
  return { timestamp, signatures };
}

/**
 * HMAC-SHA256 of `<timestamp>.<body>` in lower-case hex. The secret is used as the key unchanged,
 * not decoded.
 */
function hmacHex(secret: string, timestamp: string, body: Uint8Array): string {
  if (secret === '') throw new TypeError('The webhook secret is empty');
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
}

/** Compares every character, wherever the first difference is. The length is not a secret. */
function equalInConstantTime(candidate: string, expected: string): boolean {
  if (candidate.length !== expected.length) return false;
  let difference = 0;
  for (let index = 0; index < expected.length; index++) {
    difference |= candidate.charCodeAt(index) ^ expected.charCodeAt(index);
  }
  return difference === 0;
}

function toBytes(body: string | Uint8Array): Uint8Array {
  return typeof body === 'string' ? new TextEncoder().encode(body) : body;
}
