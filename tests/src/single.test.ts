/** All apps in one process, as `pnpm start --single` runs them. */
import { waitFor } from '@fulfillment/processes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { APPS } from './harness/environment.ts';
import { type System, startSystem } from './harness/system.ts';
import { place } from './harness/trade.ts';
import { exactly } from './scenarios/check.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ single: true, env: { JOB_LOCK_SECONDS: '5' } });
}, 60_000);
afterAll(() => system?.close(), 60_000);

/** The processes that have logged, in the order of their start. */
function pids(): number[] {
  const lines = system.output('ingestor').split('\n');
  const found = lines.flatMap((line) => (line.startsWith('{') ? [Number(JSON.parse(line).pid)] : []));
  return [...new Set(found)];
}

test('one process runs all apps, and tells their health apart', async () => {
  const order = await place(system, {});
  await order.buyer('pay');
  await order.status('delivered');
  await exactly(order, { deliveries: 1, messages: 1 });
  expect(pids()).toHaveLength(1);
  for (const app of APPS) {
    const metrics = await (await fetch(`${system.urls[app]}/metrics`)).text();
    expect(metrics).toContain(`app="${app}"`);
  }
});

test('a killed process starts again, and continues with the order that it generated', async () => {
  const order = await place(system, { service: 'Slow work' });
  await order.buyer('pay');
  const begun = (times: number) =>
    waitFor(`generation number ${times}`, async () => {
      const record = await order.record();
      return record?.facts.filter(({ type }) => type === 'began').length === times || null;
    });
  await begun(1);
  const [pid = 0] = pids();
  process.kill(pid, 'SIGKILL');
  await begun(2);
  expect(pids()).toHaveLength(2);
  const next = await place(system, {});
  await next.buyer('pay');
  await next.status('delivered');
}, 60_000);
