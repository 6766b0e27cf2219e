const EXTRA = { schema_revision: 7 };

/** Adds a field that no program knows to every object of an answer. */
export function withExtraField(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withExtraField);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, inner]) => [name, withExtraField(inner)]);
  return { ...Object.fromEntries(fields), ...EXTRA };
}
