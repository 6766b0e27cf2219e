import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';

function start(environment: Record<string, string>) {
  return spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts')], {
    env: { PATH: process.env.PATH, SANDBOX_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

test.concurrent.each(['SIGTERM', 'SIGINT'] as const)(
  'it starts, prints the demo key, and ends at %s',
  async (signal) => {
    const child = start({});
    const exit = once(child, 'exit');
    for await (const line of createInterface(child.stdout)) {
      const address = /Be the buyer at (\S+) \(the demo agent's key is atelier_sandbox_demo\)/.exec(
        line,
      )?.[1];
      if (address === undefined) continue;
      for (const probe of ['healthz', 'readyz'])
        expect((await fetch(`${address}/${probe}`)).status).toBe(200);
      child.kill(signal);
    }
    expect(await exit).toEqual([0, null]);
  },
);

test.concurrent('wrong settings are named', async () => {
  const child = start({ SANDBOX_RATE_LIMIT: 'sometimes' });
  const exit = once(child, 'exit');
  const said = await child.stderr.toArray();
  expect(String(said)).toContain('SANDBOX_RATE_LIMIT');
  expect(await exit).toEqual([78, null]);
});
