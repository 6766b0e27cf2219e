/**
 * The type of a JSON value. For a scalar, it is the scalar's name. For a list, it is the shape of
 * the first item. For an object, it is the shape of each field.
 */
export type Shape = ScalarType | readonly Shape[] | { readonly [field: string]: Shape };

type ScalarType = 'string' | 'number' | 'boolean' | 'null';

/**
 * The shape of an object.
 * @param scalars the names of its fields, by their type, with white space between them.
 * @param others its fields that are lists or objects.
 */
export function fields(
  scalars: Partial<Record<ScalarType, string>>,
  others: Record<string, Shape> = {},
): { readonly [field: string]: Shape } {
  const types = ['string', 'number', 'boolean', 'null'] as const;
  const named = types.flatMap((type) =>
    (scalars[type] ?? '').split(/\s+/).flatMap((name) => (name === '' ? [] : [[name, type] as const])),
  );
  return { ...Object.fromEntries(named), ...others };
}

/** The shape of a JSON value. @throws TypeError for a value that JSON does not have. */
export function shapeOf(value: unknown): Shape {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value as ScalarType;
    case 'object':
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
    default:
      throw new TypeError(`JSON has no ${typeof value}`);
  }
}
