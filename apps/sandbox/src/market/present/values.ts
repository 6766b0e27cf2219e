/** `YYYY-MM-DD HH:MM:SS`, UTC without a zone: one of the two forms of times that the API shows. */
export function plainTime(time: number): string;
export function plainTime(time: number | null): string | null;
export function plainTime(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}

/** ISO 8601, the other form. */
export function isoTime(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

/** A decimal string without padding: `2.50` is shown as `2.5`, `2.00` as `2`. */
export function decimal(value: string): string;
export function decimal(value: string | null): string | null;
export function decimal(value: string | null): string | null {
  return value === null ? null : String(Number(value));
}

/** SQL has no booleans. */
export function bit(value: boolean): 0 | 1 {
  return value ? 1 : 0;
}

/** A value as JSON in a string. */
export function json(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
