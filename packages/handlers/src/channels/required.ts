/**
 * A value that the configuration reads from the environment.
 * @throws TypeError when it is absent.
 */
export function required(channel: string, option: string, value: string | undefined): string {
  if (value === undefined || value === '')
    throw new TypeError(`${channel} has no ${option}: is its environment variable set?`);
  return value;
}

/**
 * An http(s) address from the environment.
 * @throws TypeError when it is absent or not an address. The text does not show it.
 */
export function requiredUrl(channel: string, option: string, value: string | undefined): string {
  const url = required(channel, option, value);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new TypeError(`${channel}: ${option} is not an address that begins with https:// or http://`);
  return url;
}
