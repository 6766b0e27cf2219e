import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stagedFile } from '@fulfillment/artifacts';
import { startProcess, temporaryFolder, waitFor } from '@fulfillment/processes';
import { afterAll, describe, expect, test } from 'vitest';
import { RunnerUnavailableError } from '../errors.ts';
import { openRunner } from '../test-support/calls.ts';

const PACKAGE = path.join(import.meta.dirname, '../../../handlers/src/index.ts');
const scratch = await temporaryFolder('runner-lifecycle');
afterAll(() => scratch.remove());

/** A configuration with one handler, whose output is its process id and a word. */
async function writeConfig(name: string, word: string): Promise<string> {
  const file = path.join(scratch.path, name);
  await writeFile(
    file,
    `import { defineConfig, defineHandler } from ${JSON.stringify(PACKAGE)};
const generate = async ({ order, log }) => {
  log.info({}, order.brief);
  await new Promise((resolve) => setTimeout(resolve, order.brief === 'slow' ? 700 : 0));
  return { body: process.pid + ' ${word}', contentType: 'text/plain' };
};
export default defineConfig({ handlers: [defineHandler({ name: 'teller', match: 'default', generate })] });`,
  );
  return file;
}

/** Runs the handler of `writeConfig`. */
async function tell(
  { generate, folder }: Awaited<ReturnType<typeof openRunner>>,
  brief = 'quick',
): Promise<{ pid: number; word: string }> {
  await generate(brief);
  const made = JSON.parse(await readFile(path.join(folder, brief, 'made.json'), 'utf8'));
  const text = await readFile(stagedFile(path.join(folder, brief), made.parts[0].product.artifact), 'utf8');
  const [pid, word = ''] = text.split(' ');
  return { pid: Number(pid), word };
}

async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/\) [ZX] /.test(stat);
}

describe('the configuration is loaded again', () => {
  test('by new processes, while a call that runs keeps its own', async () => {
    const configFile = await writeConfig('again.config.mts', 'before');
    await using opened = await openRunner({ configFile });
    const slow = tell(opened, 'slow');
    await waitFor('the slow call to begin', () => opened.lines.some(({ message }) => message === 'slow'));
    const first = await tell(opened);
    await writeConfig('again.config.mts', 'after');
    await opened.runner.reload();
    const second = await tell(opened);
    expect([first.word, second.word, (await slow).word]).toEqual(['before', 'after', 'before']);
    await waitFor('the old processes to end', async () => !(await isRunning(first.pid)));
    await waitFor('the old processes to end', async () => !(await isRunning((await slow).pid)));
  });

  test('and stays as it was when the new one is broken', async () => {
    const configFile = await writeConfig('broken.config.mts', 'before');
    await using opened = await openRunner({ configFile, idleMs: 100 });
    const slow = tell(opened, 'slow');
    await waitFor('the slow call to begin', () => opened.lines.some(({ message }) => message === 'slow'));
    await writeFile(configFile, 'export default { handlers: [{ name: "teller", matsch: "default" }] };');
    const first = await slow;
    const failure = await opened.runner.reload().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RunnerUnavailableError);
    expect(String(failure)).toContain('Unknown option "matsch"');
    expect(await tell(opened)).toEqual(first);
  });
});

test('one process serves call after call, and ends after a while without any', async () => {
  const configFile = await writeConfig('idle.config.mts', 'idle');
  await using opened = await openRunner({ configFile, idleMs: 500 });
  const [first, second] = [await tell(opened), await tell(opened)];
  expect(second.pid).toBe(first.pid);
  await waitFor('its end', async () => !(await isRunning(first.pid)));
  expect((await tell(opened)).pid).not.toBe(first.pid);
});

test('a process whose event loop is blocked does not survive its parent, nor does its program', async () => {
  const pidFile = path.join(scratch.path, 'pid');
  const parent = startProcess({
    name: 'parent',
    command: process.execPath,
    args: [path.join(import.meta.dirname, '../test-support/hold-blocked.ts'), pidFile],
    cwd: scratch.path,
    env: process.env,
    readyUrl: () =>
      readFile(pidFile).then(
        () => true,
        () => false,
      ),
  });
  await parent.ready();
  const program = Number(await readFile(pidFile, 'utf8'));
  const child = await parentOf(program);
  parent.kill('SIGKILL');
  await waitFor('the end of the child', async () => !(await isRunning(child)));
  await waitFor('the end of its program', async () => !(await isRunning(program)));
});

async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}
