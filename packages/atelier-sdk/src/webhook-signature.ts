import { WebhookVerificationError } from './errors.ts';
import { hmacSha256 } from './hmac.ts';
import { readWebhookEvent } from './webhook-body.ts';
import type { WebhookEvent } from './webhook-events.ts';

/** The header of the signature, in lower case. */
export const SIGNATURE_HEADER = 'x-atelier-signature';

/** Seconds that a webhook's time may lie in the past or the future. */
const DEFAULT_TOLERANCE_SECONDS = 300;

/** Longer than any honest header, with room for several signatures. */
const MAX_HEADER_LENGTH = 4096;

export interface VerifyWebhookOptions {
  /** Seconds, both ways; 300 if left out. */
  toleranceSeconds?: number | undefined;
  /** The current time in milliseconds, as `Date.now()` gives it. */
  now?: number | undefined;
}

/**
 * The event of a webhook that is signed with the secret, over the raw body, and recent. Throws a
 * `WebhookVerificationError` whose `reason` says what is wrong.
 */
export async function verifyWebhook(
  secret: string,
  rawBody: string | Uint8Array,
  signatureHeader: string | null | undefined,
  options: VerifyWebhookOptions = {},
): Promise<WebhookEvent> {
  const { timestamp, signatures } = parseSignatureHeader(signatureHeader);
  const tolerance = options.toleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS;
  const nowSeconds = Math.floor((options.now ?? Date.now()) / 1000);
  // Written so that a NaN refuses.
  if (!(Math.abs(nowSeconds - Number(timestamp)) <= tolerance)) {
    throw new WebhookVerificationError(
      'timestamp_out_of_tolerance',
      `The webhook's time is more than ${tolerance} s away`,
    );
  }
  const body = toBytes(rawBody);
  const expected = await hmacHex(secret, timestamp, body);
  // Every candidate is compared, so that the time taken does not say which one matched.
  const matches = signatures.map((candidate) => equalInConstantTime(candidate, expected));
  if (!matches.includes(true)) {
    throw new WebhookVerificationError('no_matching_signature', 'No signature matches the webhook');
  }
  return readWebhookEvent(body);
}

/** The value of `X-Atelier-Signature` for a body: what the marketplace sends, for sandboxes and tests. */
export async function signWebhook(
  secret: string,
  rawBody: string | Uint8Array,
  timestampSeconds: number,
): Promise<string> {
  if (!Number.isSafeInteger(timestampSeconds) || timestampSeconds < 0) {
    throw new TypeError('timestampSeconds must be a whole number of seconds');
  }
  const timestamp = String(timestampSeconds);
  return `t=${timestamp},v1=${await hmacHex(secret, timestamp, toBytes(rawBody))}`;
}

/** Reads `t=<unix seconds>,v1=<hex>[,v1=<hex>…]`; other entries are left for versions to come. */
function parseSignatureHeader(header: string | null | undefined): {
  timestamp: string;
  signatures: string[];
} {
  if (!header?.trim()) {
    throw new WebhookVerificationError('missing_header', 'The webhook has no X-Atelier-Signature');
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
    throw new WebhookVerificationError('malformed_header', 'X-Atelier-Signature is not t=…,v1=…');
  }
  return { timestamp, signatures };
}

/** HMAC-SHA256 of `<timestamp>.<body>`, keyed with the secret as it is written, in lower-case hex. */
async function hmacHex(secret: string, timestamp: string, body: Uint8Array): Promise<string> {
  if (secret === '') throw new TypeError('The webhook secret is empty');
  const prefix = new TextEncoder().encode(`${timestamp}.`);
  const payload = new Uint8Array(prefix.length + body.length);
  payload.set(prefix);
  payload.set(body, prefix.length);
  return hmacSha256(secret, payload);
}

/** Looks at every character whatever the first difference is. The length is no secret. */
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
