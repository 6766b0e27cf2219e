import { setTimeout as delay } from 'node:timers/promises';

/**
 * Calls `probe` repeatedly until it returns a value other than null, undefined or false. Times in
 * milliseconds. An error of the probe ends the wait.
 * @throws Error with the awaited condition, when the time is up.
 */
export async function waitFor<T>(
  description: string,
  probe: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  { timeoutMs = 20_000, intervalMs = 50 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== null && value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`Waited ${timeoutMs} ms for ${description}.`);
    await delay(intervalMs);
  }
}
