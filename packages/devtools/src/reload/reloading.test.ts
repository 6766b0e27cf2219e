import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type RunningProcess, startProcess, temporaryFolder, waitFor } from '@fulfillment/processes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepReloading, type Reloading } from './reloading.ts';
import { configurationFiles, sourceFoldersOf } from './sources.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder('reload');
});
afterAll(() => folder.remove());

const UP = "console.log('up'); setInterval(() => {}, 1000)";
/** Waits until a process has read its script. A test may change the file only then. */
const isUp = (running: RunningProcess | undefined) =>
  waitFor('the app to run', () => running?.output().includes('up') === true);

/** Keeps a script running that has a source folder and a configuration file. */
async function keep(name: string, script: string) {
  const source = path.join(folder.path, name);
  await mkdir(path.join(source, 'node_modules/x'), { recursive: true });
  const main = path.join(source, 'main.mjs');
  const configuration = path.join(folder.path, `${name}.config.mjs`);
  await writeFile(main, script);
  await writeFile(configuration, '');
  const started: RunningProcess[] = [];
  const lines: string[] = [];
  const reloading: Reloading = keepReloading({
    name,
    log: (line) => lines.push(line),
    crashWaitMs: 60_000,
    watched: () => ({ folders: [source], files: configurationFiles(configuration) }),
    start() {
      const running = startProcess({
        name,
        command: process.execPath,
        args: [main],
        cwd: source,
        env: {},
        readyUrl: async () => true,
      });
      started.push(running);
      return running;
    },
  });
  return { source, main, configuration, started, lines, reloading };
}

test('a changed source restarts the app after the old process has ended', async () => {
  const { main, started, reloading } = await keep('source', UP);
  await isUp(started[0]);
  await writeFile(main, `${UP} // changed`);
  await waitFor('a second start', () => started.length === 2);
  expect(await started[0]?.exited).toEqual({ signal: 'SIGTERM' });
  await reloading.stop();
  expect(await started[1]?.exited).toEqual({ signal: 'SIGTERM' });
});

test('a changed file of node_modules or a test does not restart the app', async () => {
  const { source, main, started, reloading } = await keep('modules', UP);
  await isUp(started[0]);
  await writeFile(path.join(source, 'node_modules/x/index.mjs'), '1');
  await writeFile(path.join(source, 'main.test.ts'), '1');
  await writeFile(main, `${UP} // changed`);
  await waitFor('the start for the source', () => started.length === 2);
  await reloading.stop();
  expect(started).toHaveLength(2);
});

test('an app with a wrong configuration restarts when an editor replaces the file', async () => {
  const { main, configuration, started, lines, reloading } = await keep('broken', 'process.exit(78)');
  await waitFor('the error to be logged', () => lines.length === 1);
  expect(lines[0]).toBe('broken waits for a change: its configuration is wrong, see above');
  await writeFile(`${configuration}.new`, '// mended');
  await rename(`${configuration}.new`, configuration);
  await waitFor('a second start', () => started.length === 2);
  await waitFor('the second error', () => lines.length === 3);
  await writeFile(main, UP);
  await waitFor('a third start', () => started.length === 3);
  await reloading.stop();
  expect(await started[2]?.exited).toEqual({ signal: 'SIGTERM' });
});

test('a crashed app restarts at a change', async () => {
  const { main, started, lines, reloading } = await keep('crash', 'throw new Error("syntax")');
  await waitFor('the end to be logged', () => lines.length === 1);
  expect(lines[0]).toMatch(/^crash ended \(status 1\)/);
  await writeFile(main, UP);
  await waitFor('a second start', () => started.length === 2);
  await reloading.stop();
});

test('the configuration is its file and the files that it imports by a relative path', async () => {
  const file = path.join(folder.path, 'fulfillment.config.ts');
  const parts = path.join(folder.path, 'parts.ts');
  await writeFile(file, "import { a } from './parts.ts';\nimport sharp from 'sharp';\nexport default a;");
  await writeFile(parts, "export const a = await import('./late.ts');");
  expect(configurationFiles(file)).toEqual([file, parts, path.join(folder.path, 'late.ts')]);
});

test('an app’s sources are its own and those of its packages', () => {
  const of = (app: string) => sourceFoldersOf(app).map((name) => name.split(path.sep).slice(-3).join('/'));
  const names = of('ingestor');
  expect(names).toEqual(expect.arrayContaining(['apps/ingestor/src', 'packages/shared/src']));
  expect(names).not.toContain('apps/admin/src');
  expect(of('sandbox')).toContain('apps/sandbox/src');
  expect(of('sandbox')).not.toContain('packages/ledger/src');
});
