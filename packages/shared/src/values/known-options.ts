import { suggestion } from '../text/nearest.ts';

/**
 * Checks that an object holds only known options. A misspelt limit or price would silently have no
 * effect.
 * @param known each option that exists. The values are not read.
 * @throws TypeError that names the option, and the option that was probably meant.
 */
export function rejectUnknownOptions(
  what: string,
  given: object,
  known: Readonly<Record<string, true>>,
): void {
  for (const name of Object.keys(given)) {
    if (known[name] === true) continue;
    throw new TypeError(`${what} has no option "${name}". ${suggestion(name, Object.keys(known))}`);
  }
}
