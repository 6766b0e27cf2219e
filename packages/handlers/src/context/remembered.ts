const LONGEST = 10_000;

/**
 * What is written down of a value that a handler remembers.
 * @throws TypeError for one that is no JSON, or too long.
 */
export function rememberedJson(value: unknown): string {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined || json.length > LONGEST) {
    throw new TypeError(`ctx.remember takes a value of at most ${LONGEST} characters as JSON`);
  }
  return json;
}
