import { createHmac } from 'node:crypto';

/**
 * The signature header of a webhook: HMAC-SHA256 over `<t>.<body>`, keyed with the secret as it is
 * written.
 */
export function signatureHeader(secret: string, body: string, timestampSeconds: number): string {
  const hex = createHmac('sha256', secret).update(`${timestampSeconds}.${body}`).digest('hex');
  return `t=${timestampSeconds},v1=${hex}`;
}
