import { APPS } from '@fulfillment/tests/harness/environment';
import { type Measure, under, type Values } from '../measure.ts';
import { openStage } from '../stage.ts';

export const start: Measure = {
  name: 'start',
  title: 'From start to ready',
  how: 'One app after the other, from the start of its process to the first 200 of `/readyz`. Redis and the sandbox already run.',
  figures: APPS.map((app) => ({ what: app, unit: 's', target: under(2) })),
  runs: 5,
  async run() {
    await using stage = await openStage();
    const values: Values = {};
    for (const name of APPS) values[name] = (await stage.app(name)).startedInMs / 1000;
    return values;
  },
};
