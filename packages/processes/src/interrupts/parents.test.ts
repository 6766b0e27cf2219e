import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { waitFor } from '../wait-for.ts';
import { temporaryFolder } from '../watchdog/temporary-folder.ts';
import { tool, toolEnvironment } from '../workspace.ts';

const FIXTURE = path.join(import.meta.dirname, '../test-support/hold-until-interrupted.ts');

/** Runs `pnpm start` or `npm start` of a package whose script is the fixture. */
async function startBy(launcher: 'pnpm' | 'npm') {
  const folder = await temporaryFolder('parents');
  const cleanedUp = path.join(folder.path, 'cleaned-up');
  const manifest = { name: 'example', private: true, scripts: { start: `node ${FIXTURE} ${cleanedUp}` } };
  await writeFile(path.join(folder.path, 'package.json'), JSON.stringify(manifest));
  const program = launcher === 'pnpm' ? tool('pnpm') : 'npm';
  const parent = spawn(program, ['--silent', 'start'], {
    cwd: folder.path,
    env: toolEnvironment(),
    stdio: ['ignore', 'pipe', 'ignore'],
    // A signal to pnpm must not reach the others through the terminal's group.
    detached: true,
  });
  const input = createInterface({ input: parent.stdout });
  const [pid] = await once(input, 'line');
  return { parent: parent.pid ?? 0, pid: Number(pid), cleanedUp, folder };
}

test.skipIf(process.platform !== 'linux').each([
  ['pnpm', 'SIGTERM', 'package manager'],
  ['pnpm', 'SIGKILL', 'package manager'],
  ['pnpm', 'SIGTERM', 'shell'],
  ['npm', 'SIGTERM', 'package manager'],
  ['npm', 'SIGKILL', 'package manager'],
] as const)('started by %s, %s to its %s ends the program', async (launcher, signal, whom) => {
  const { parent, pid, cleanedUp, folder } = await startBy(launcher);
  const shell = parentOf(pid);
  try {
    process.kill(whom === 'shell' ? shell : parent, signal);
    await waitFor('the program to end', () => !isAlive(pid));
    // A killed pnpm may take its children with it: then no process can clean up.
    if (signal === 'SIGTERM') await waitFor('its cleanup', () => existsSync(cleanedUp));
    await waitFor('its parents to end', () => ![shell, parent].some(isAlive));
  } finally {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    await folder.remove();
  }
});

test.skipIf(process.platform !== 'linux')(
  'a script may end after it started the command in the background',
  async () => {
    const folder = await temporaryFolder('background');
    const log = path.join(folder.path, 'out.log');
    const scripts = {
      up: `nohup npm --silent start > ${log} 2>&1 & until [ -s ${log} ]; do sleep 0.05; done`,
      start: `node ${FIXTURE} ${path.join(folder.path, 'cleaned-up')}`,
    };
    await writeFile(
      path.join(folder.path, 'package.json'),
      JSON.stringify({ name: 'example', private: true, scripts }),
    );
    const outer = spawn('npm', ['--silent', 'run', 'up'], {
      cwd: folder.path,
      env: toolEnvironment(),
      stdio: 'ignore',
    });
    await once(outer, 'exit');
    // nohup adds its own line when its input is a terminal.
    const pid = Number(/^\d+$/m.exec(readFileSync(log, 'utf8'))?.[0]);
    try {
      // The program checks its parents every 300 ms: this is four checks.
      await delay(1200);
      expect(isAlive(pid)).toBe(true);
    } finally {
      if (isAlive(pid)) process.kill(pid, 'SIGTERM');
      await waitFor('the program to end', () => !isAlive(pid));
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
