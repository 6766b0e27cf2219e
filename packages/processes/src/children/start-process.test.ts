import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { type ProcessOptions, type RunningProcess, startProcess } from './start-process.ts';

function run(script: string, options: Partial<ProcessOptions> = {}): RunningProcess {
  return startProcess({
    name: 'example',
    command: process.execPath,
    args: ['-e', script],
    cwd: import.meta.dirname,
    env: { PATH: process.env.PATH },
    readyUrl: async () => false,
    ...options,
  });
}

test('a process is ready when its address answers', async () => {
  const server = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const example = run('setInterval(() => {}, 1000)', { readyUrl: `http://127.0.0.1:${port}/readyz` });
  await example.ready();
  await example.stop();
  server.close();
});

test('a process that ends before it is ready rejects with its last output', async () => {
  const example = run('console.log("starting"); console.error("no ink left"); process.exit(3)');
  await expect(example.ready()).rejects.toThrow(/example ended .*status 3.*[\s\S]*no ink left/);
  expect(await example.exited).toEqual({ code: 3 });
});

test('a process that cannot be started rejects, too', async () => {
  const example = run('', { command: '/nowhere/program' });
  await expect(example.ready()).rejects.toThrow(/ENOENT/);
  await example.stop();
});

test('stop waits for a process to end on its own', async () => {
  const example = run(
    'process.on("SIGTERM", () => { console.log("bye"); process.exit(0) }); console.log("up"); setInterval(() => {}, 1000)',
    { readyUrl: async () => example.output().includes('up') },
  );
  await example.ready();
  await Promise.all([example.stop(), example.stop()]);
  expect(await example.exited).toEqual({ code: 0 });
  expect(example.output()).toContain('bye');
});

test('stop kills a process that does not end in time', async () => {
  const example = run('process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)', {
    readyUrl: async () => example.output().includes('up'),
    graceMs: 100,
  });
  await example.ready();
  await example.stop();
  expect(await example.exited).toEqual({ signal: 'SIGKILL' });
});

test('the kept output is bounded, and every line is passed on', async () => {
  let lines = 0;
  const example = run('for (let n = 0; n < 50000; n++) console.log("x".repeat(99))', {
    onLine: () => lines++,
  });
  await example.exited;
  expect(lines).toBe(50_000);
  expect(example.output().length).toBeLessThanOrEqual(2_000_000);
});
