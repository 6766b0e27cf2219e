import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { generationSettings } from '@fulfillment/platform';
import { openRuntime, until } from '@fulfillment/platform/test-support';
import { readMatches } from '@fulfillment/runner';
import { afterAll, expect, test } from 'vitest';
import { openRunner, reloadOnHangUp } from './open-runner.ts';

const HANDLERS = path.join(import.meta.dirname, '../../../packages/handlers/src/index.ts');

const folder = await mkdtemp(path.join(os.tmpdir(), 'reload-'));
const app = await openRuntime();
const { runtime, settings, policy } = app;
const file = path.join(folder, 'fulfillment.config.ts');
const configure = (list: string) =>
  writeFile(
    file,
    `import { defineConfig, defineHandler } from ${JSON.stringify(HANDLERS)};
const generate = () => ({ body: 'x', contentType: 'text/plain' });
export default defineConfig({ handlers: [${list}] });`,
  );
await configure("defineHandler({ name: 'painter', match: 'default', generate })");
const runner = openRunner(
  runtime,
  generationSettings.parse({ ...settings, FULFILLMENT_CONFIG: file, ARTIFACTS_DIR: folder }),
  { handlers: [], agents: [], alerts: null, policy },
);
afterAll(async () => {
  await runner.close();
  await app[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test('at SIGHUP, the worker publishes the handlers that it loaded and what they match', async () => {
  reloadOnHangUp(runner, runtime, { policy });
  await configure(`
    defineHandler({ name: 'logo', match: { agent: ['studio'], title: /logo/i }, generate }),
    defineHandler({ name: 'poet', match: ({ brief }) => brief !== '', generate }),
    defineHandler({ name: 'painter', match: 'default', generate })`);
  process.emit('SIGHUP');
  const published = () => runtime.redis.get(runtime.keys.handlers);
  await until('the handlers', async () => (await published()) !== null);
  expect(readMatches((await published()) ?? '')).toEqual([
    { name: 'logo', match: { agent: ['studio'], title: { source: 'logo', flags: 'i' } } },
    { name: 'poet', match: 'function' },
    { name: 'painter', match: 'default' },
  ]);
});
