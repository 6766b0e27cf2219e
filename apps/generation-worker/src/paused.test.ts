import { pauseKey } from '@fulfillment/platform';
import { until } from '@fulfillment/platform/test-support';
import { afterAll, afterEach, expect, test } from 'vitest';
import { GENERATE, openGeneration } from './test-support/generation.ts';

const app = await openGeneration({ policy: { messages: { delayed: null } } });
const { runtime, placeFor, untilFact, facts, job } = app;
const { workPauses, queues } = runtime;
afterAll(() => app[Symbol.asyncDispose]());
afterEach(async () => {
  for (const { part, id } of await workPauses.read()) await workPauses.resume(part, id);
});

const DONE = { body: 'done', contentType: 'text/plain' };
const place = (name: string) => placeFor({ name, generate: () => DONE });
/** The service of the next order that is placed. */
const nextServiceId = () => `srv_${Number(app.lastServiceId().replace('srv_', '')) + 1}`;
const untilHeld = async (ref: Awaited<ReturnType<typeof place>>) =>
  until('the job to be put off', async () => ((await job(ref, GENERATE)).data.pause ?? null) !== null);

test.each([
  ['handler', 'held-by-handler', 'held-by-handler'],
  ['service', 'held-by-service', null],
  ['agent', 'held-by-agent', 'agt_1'],
] as const)('a paused %s holds the work until it is resumed, and uses no try', async (part, name, known) => {
  const id = known ?? nextServiceId();
  expect(await workPauses.pause(part, id, 'ada')).toBe(true);
  const ref = await place(name);
  await untilHeld(ref);
  expect(await facts(ref, 'began')).toEqual([]);
  expect((await job(ref, GENERATE)).attemptsMade).toBe(0);
  expect(await workPauses.pause(part, id, 'ben')).toBe(false);
  expect(await workPauses.read()).toMatchObject([{ part, id, by: 'ada' }]);

  expect(await workPauses.resume(part, id)).toBe(true);
  expect(await queues.wakeHeld(pauseKey({ part, id }))).toBe(1);
  expect(await untilFact(ref, 'generated')).toMatchObject({ handler: name });
});

test('a pause of another part holds nothing, and a resume leaves the jobs of other pauses alone', async () => {
  await workPauses.pause('handler', 'somebody-else', 'ada');
  const free = await place('not-held');
  await untilFact(free, 'generated');
  await workPauses.pause('handler', 'held', 'ada');
  const held = await place('held');
  await untilHeld(held);
  await workPauses.resume('handler', 'somebody-else');
  expect(await queues.wakeHeld('handler:somebody-else')).toBe(0);
  expect(await facts(held, 'began')).toEqual([]);
});
