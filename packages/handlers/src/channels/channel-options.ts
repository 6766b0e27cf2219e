import { type AlertChannel, ChannelError } from './message.ts';

/** An option of a channel is absent or wrong. The text does not show its value. */
class ChannelOptionError extends Error {}

/**
 * Makes a channel from options that come from the environment. A channel whose options are wrong
 * keeps the problem, and does not throw it: handlers must load in a process that does not get the
 * secrets of channels.
 */
export function channelOf(protocol: string, make: () => AlertChannel): AlertChannel {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ChannelOptionError)) throw error;
    const problem = `${protocol}${error.message}`;
    return {
      protocol,
      secrets: [],
      problem,
      send: () => Promise.reject(new ChannelError(problem, { isTemporary: true })),
    };
  }
}

/** A value that the configuration reads from the environment. For `make` of `channelOf`. */
export function required(option: string, value: string | undefined): string {
  if (value === undefined || value === '')
    throw new ChannelOptionError(` has no ${option}: is its environment variable set?`);
  return value;
}

/** An http(s) address from the environment. For `make` of `channelOf`. */
export function requiredUrl(option: string, value: string | undefined): string {
  const url = required(option, value);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw wrong(option, 'is not an address that begins with https:// or http://');
  return url;
}

/** The error for an option that is wrong. For `make` of `channelOf`. */
export function wrong(option: string, what: string): Error {
  return new ChannelOptionError(`: ${option} ${what}`);
}
