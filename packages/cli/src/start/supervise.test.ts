import { type RunningProcess, startProcess, waitFor } from '@fulfillment/processes';
import { expect, test } from 'vitest';
import { supervise } from './supervise.ts';

/** Supervises a small script. Keeps its starts and its output. */
function watch(script: string) {
  const started: RunningProcess[] = [];
  const lines: string[] = [];
  const stopping = new AbortController();
  const start = () => {
    const running = startProcess({
      name: 'example',
      command: process.execPath,
      args: ['-e', script],
      cwd: import.meta.dirname,
      env: {},
      readyUrl: async () => true,
    });
    started.push(running);
    return running;
  };
  const end = supervise({
    name: 'example',
    start,
    log: (line) => lines.push(line),
    stopping: stopping.signal,
    backoff: { first: 200, longest: 300, resetAfterMs: 60_000 },
  });
  return { started, lines, stopping, end };
}

test('a process that ends is restarted with growing waits up to a limit, and each restart is logged', async () => {
  const { lines, stopping, end } = watch('process.exit(1)');
  await waitFor('three ends', () => lines.length >= 3);
  stopping.abort();
  expect(await end).toBe('stopped');
  expect(lines[0]).toBe('example ended unexpectedly (status 1), and restarts in 0.2 s.');
  expect(lines[1]).toContain('0.3 s');
  expect(lines[2]).toContain('0.3 s');
});

test('a killed process is restarted', async () => {
  const { started, lines, stopping, end } = watch('setInterval(() => {}, 1000)');
  started[0]?.kill('SIGKILL');
  await waitFor('another start', () => started.length === 2);
  expect(lines[0]).toContain('SIGKILL');
  stopping.abort();
  await end;
});

test('a process with a wrong configuration is not restarted', async () => {
  const { started, end } = watch('process.exit(78)');
  expect(await end).toBe('misconfigured');
  expect(started).toHaveLength(1);
});

test('on shutdown the process is asked to end and not restarted', async () => {
  const { started, lines, stopping, end } = watch('setInterval(() => {}, 1000)');
  stopping.abort();
  expect(await end).toBe('stopped');
  expect(await started[0]?.exited).toEqual({ signal: 'SIGTERM' });
  expect(lines).toEqual([]);
});
