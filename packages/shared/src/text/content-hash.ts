import { createHash } from 'node:crypto';

/**
 * Identifies a text in the keys of facts: the first 128 bits of its SHA-256, as 32 hexadecimal
 * digits.
 */
export function contentHash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}
