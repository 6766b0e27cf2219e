import { expect, test } from 'vitest';
import { readMatches } from './match-data.ts';
import { publishHandlers } from './publish-handlers.ts';

const HANDLERS = [{ name: 'painter', match: 'default' as const }];
const keys = { handlers: 'test:handlers' };

test('the published handlers can be read back', async () => {
  const stored = new Map<string, string>();
  const redis = { set: async (key: string, value: string) => stored.set(key, value) };
  await publishHandlers({ redis, keys, log: { warn: () => expect.unreachable() } }, HANDLERS);
  expect(readMatches(stored.get('test:handlers') ?? '')).toEqual(HANDLERS);
});

test('a Redis that takes no writes does not end the app', async () => {
  const lines: unknown[] = [];
  const redis = { set: () => Promise.reject(new Error('OOM command not allowed')) };
  await publishHandlers({ redis, keys, log: { warn: (...line) => lines.push(line) } }, HANDLERS);
  expect(lines).toEqual([[{ reason: 'OOM command not allowed' }, 'cannot publish the handlers']]);
});
