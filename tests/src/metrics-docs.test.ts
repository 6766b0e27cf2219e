import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { APPS } from './harness/environment.ts';
import { type System, startSystem } from './harness/system.ts';

const MONITORING = path.resolve(import.meta.dirname, '../../docs/operator/monitoring.md');

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, 60_000);
afterAll(() => system?.close(), 60_000);

test('the table of docs/operator/monitoring.md has every metric that the apps export, and no other', async () => {
  const pages = await Promise.all(
    APPS.map(async (app) => (await fetch(`${system.urls[app]}/metrics`)).text()),
  );
  const exported = pages.flatMap((page) =>
    [...page.matchAll(/^# TYPE (fulfillment_\w+) /gm)].map(([, name]) => name),
  );
  const table = await readFile(MONITORING, 'utf8');
  const documented = [...table.matchAll(/^\| `(fulfillment_\w+)(?:\{[a-z,]+\})?` +\|/gm)].map(
    ([, name]) => name,
  );
  expect(documented.toSorted()).toEqual([...new Set(exported)].toSorted());
});
