import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, test } from 'vitest';

const SEED = '11';
/** A run usually takes two minutes. The test stops a longer run than this, and fails. */
const MINUTES = 6;

test(
  'under crashes, outages and lost answers every promise is kept',
  async () => {
    const script = path.join(import.meta.dirname, 'chaos/chaos.ts');
    const chaos = spawn(
      process.execPath,
      [script, '--orders', '16', '--seed', SEED, '--minutes', String(MINUTES)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let told = '';
    chaos.stdout.on('data', (chunk: Buffer) => {
      told += chunk.toString();
    });
    // The 'exit' event may come before the last output.
    const [status] = await once(chaos, 'close');
    expect([status, told]).toEqual([0, expect.stringMatching(/^\d+ passed, 0 failed$/m)]);
  },
  (MINUTES + 2) * 60_000,
);
