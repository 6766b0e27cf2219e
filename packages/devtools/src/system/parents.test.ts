import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { waitFor } from '../wait-for.ts';
import { tool, toolEnvironment } from '../workspace.ts';
import { temporaryFolder } from './temporary-folder.ts';

const FIXTURE = path.join(import.meta.dirname, '../fixtures/hold-until-interrupted.ts');

/** `pnpm start` of a package whose script is the fixture. */
async function startByPnpm() {
  const folder = await temporaryFolder('parents');
  const manifest = { name: 'example', private: true, scripts: { start: `node ${FIXTURE}` } };
  await writeFile(path.join(folder.path, 'package.json'), JSON.stringify(manifest));
  const pnpm = spawn(tool('pnpm'), ['--silent', 'start'], {
    cwd: folder.path,
    env: toolEnvironment(),
    stdio: ['ignore', 'pipe', 'ignore'],
    // A signal to pnpm must not reach the others through the terminal's group.
    detached: true,
  });
  const lines: string[] = [];
  const input = createInterface({ input: pnpm.stdout });
  input.on('line', (line) => lines.push(line));
  await once(input, 'line');
  return { pnpm, lines, pid: Number(lines[0]), folder };
}

test.skipIf(process.platform !== 'linux').each(['pnpm', 'its shell'])(
  'SIGTERM to %s ends the program, after its cleanup',
  async (which) => {
    const { pnpm, lines, pid, folder } = await startByPnpm();
    const shell = parentOf(pid);
    expect(pnpm.pid).toBeDefined();
    try {
      process.kill(which === 'pnpm' ? (pnpm.pid ?? 0) : shell, 'SIGTERM');
      await waitFor('the program to end', () => !isAlive(pid));
      expect(lines).toContain('cleaned up');
      await waitFor('its parents to end', () => ![shell, pnpm.pid ?? 0].some(isAlive));
    } finally {
      if (isAlive(pid)) process.kill(pid, 'SIGKILL');
      await folder.remove();
    }
  },
);

function parentOf(pid: number): number {
  return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
