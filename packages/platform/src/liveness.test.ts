import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { workerCheck } from './health.ts';
import { watchLiveness } from './liveness.ts';
import { openScratch, until } from './test-support/scratch.ts';
import type { RunningWorker } from './worker.ts';

const scratch = await openScratch();
const { redis, log } = scratch;
afterAll(() => scratch[Symbol.asyncDispose]());

function worker(silentMs: number): RunningWorker {
  return { queue: 'delivery', isRunning: () => true, silentFor: () => silentMs, stop: async () => undefined };
}

describe('a worker that asks for no job', () => {
  test('is not ready after half a minute, and says which queue', async () => {
    expect(await workerCheck(worker(1000))()).toBeNull();
    expect(await workerCheck(worker(40_000))()).toBe(
      'the worker of queue delivery asked for no job for 40 s',
    );
  });

  test('ends its process when Redis answers all the while', async () => {
    const reasons: string[] = [];
    const watch = watchLiveness([worker(60_000)], redis, 1, log, (reason) => reasons.push(reason));
    await until('the end', () => reasons.length > 0, 15_000);
    watch.stop();
    expect(reasons[0]).toContain('queue delivery');
  });
});

test('an event loop that stands still ends its process', async () => {
  const script = `
    import { watchLiveness } from ${JSON.stringify(path.join(import.meta.dirname, 'liveness.ts'))};
    watchLiveness([], { status: 'end' }, 2000, console, () => undefined);
    setTimeout(() => { for (;;); }, 1500);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => {
    told += chunk.toString();
  });
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
  expect(told).toContain('the event loop stands still');
});
