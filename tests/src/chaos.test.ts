import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, test } from 'vitest';

const SEED = '11';

test('under crashes, outages and lost answers every promise is kept', async () => {
  const script = path.join(import.meta.dirname, 'chaos/chaos.ts');
  const chaos = spawn(process.execPath, [script, '--orders', '24', '--seed', SEED, '--minutes', '2'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  chaos.stdout.on('data', (chunk: Buffer) => {
    told += chunk.toString();
  });
  const [status] = await once(chaos, 'exit');
  expect([status, told]).toEqual([0, expect.stringMatching(/^\d+ passed, 0 failed$/m)]);
}, 150_000);
