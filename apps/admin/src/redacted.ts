import { withoutSecrets } from '@fulfillment/platform';

/** A copy of a JSON value, without anything in its texts that looks like a secret. */
export function redacted(value: unknown): unknown {
  if (typeof value === 'string') return withoutSecrets(value);
  if (Array.isArray(value)) return value.map(redacted);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, entry]) => [withoutSecrets(name), redacted(entry)]),
    );
  }
  return value;
}
