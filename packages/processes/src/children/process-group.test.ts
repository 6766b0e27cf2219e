import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { waitFor } from '../wait-for.ts';

const FIXTURE = path.join(import.meta.dirname, '../test-support/hold-group.ts');

test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  '%s leaves no process of a group behind',
  async (signal) => {
    const holder = spawn(process.execPath, [FIXTURE], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(createInterface({ input: holder.stdout }), 'line');
    const started = String(line).split(' ').map(Number);
    expect(started.filter(isAlive)).toHaveLength(2);
    holder.kill(signal);
    const [code] = await once(holder, 'exit');
    if (signal === 'SIGINT') expect(code).toBe(130);
    await waitFor('both to be gone', () => !started.some(isAlive));
  },
);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
