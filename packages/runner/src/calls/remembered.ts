const LONGEST = 10_000;

/**
 * The JSON that is recorded of a value that a handler remembers.
 * @throws TypeError for a value that is not JSON, or too long.
 */
export function rememberedJson(value: unknown): string {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined || json.length > LONGEST) {
    throw new TypeError(`ctx.remember takes a value of at most ${LONGEST} characters as JSON`);
  }
  return json;
}
