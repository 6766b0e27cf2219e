import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again until `probe` gives something other than null, undefined or false. Times in ms. */
export async function waitFor<T>(
  description: string,
  probe: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  { timeoutMs = 10_000, intervalMs = 50 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== null && value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`Waited ${timeoutMs} ms for ${description}.`);
    await delay(intervalMs);
  }
}
