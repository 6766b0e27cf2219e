/**
 * Builds a request path: every value becomes one encoded segment. Throws a TypeError for a value
 * that would change the meaning of the path (empty, `.`, `..`), since ids can come from webhooks.
 */
export function path(literals: TemplateStringsArray, ...segments: readonly string[]): string {
  return literals.reduce((built, literal, index) => built + encodeSegment(segments[index - 1]) + literal);
}

function encodeSegment(segment: string | undefined): string {
  if (typeof segment !== 'string' || /^\.{0,2}$/.test(segment)) {
    throw new TypeError(`An id must be a string that fits into a path, not ${JSON.stringify(segment)}`);
  }
  return encodeURIComponent(segment.toWellFormed());
}

/**
 * Builds the query string with its `?`, or an empty text without parameters. Commas join arrays.
 */
export function queryString(params: object = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) continue;
    search.set(name, Array.isArray(value) ? value.join(',') : String(value));
  }
  // A query may contain a plain comma, and the marketplace documents `status=a,b,c`.
  return search.size === 0 ? '' : `?${search.toString().replaceAll('%2C', ',')}`;
}
