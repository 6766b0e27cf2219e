import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningProcess } from '@fulfillment/processes';
import { APPS } from '@fulfillment/tests/harness/environment';
import { atMost, type Measure, type Values } from '../measure.ts';
import { openStage } from '../stage.ts';

/** The memory is read this long after the process is ready. In ms. */
const SETTLED_MS = 5000;
const SINGLE = 'all apps in one process';

export const start: Measure = {
  name: 'start',
  title: 'From start to ready, and memory',
  how: 'One process after the other, from its start to the first 200 of `/readyz`. Redis and the sandbox already run. The memory is the resident set 5 s later, without the child processes of handlers.',
  figures: [
    ...APPS.map((app) => ({ what: app, unit: 's', target: atMost(0.7) })),
    { what: SINGLE, unit: 's' },
    ...APPS.map((app) => ({ what: `${app}, resident set`, unit: 'MB', target: atMost(140) })),
    { what: `${SINGLE}, resident set`, unit: 'MB', target: atMost(230) },
  ],
  runs: 5,
  async run() {
    const values: Values = {};
    {
      await using stage = await openStage();
      for (const name of APPS) {
        const { startedInMs, process } = await stage.app(name);
        values[name] = startedInMs / 1000;
        values[`${name}, resident set`] = await residentSet(process);
      }
    }
    await using stage = await openStage();
    const { startedInMs, process } = await stage.single();
    values[SINGLE] = startedInMs / 1000;
    values[`${SINGLE}, resident set`] = await residentSet(process);
    return values;
  },
};

/** In MB. Works on Linux only. */
async function residentSet({ pid }: RunningProcess): Promise<number> {
  await delay(SETTLED_MS);
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1000;
}
