import { withoutSecrets } from '@fulfillment/platform';

/** A copy of what JSON can hold, with everything that looks like a secret taken out of its texts. */
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
