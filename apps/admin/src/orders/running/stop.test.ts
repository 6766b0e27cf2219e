import { afterAll, beforeEach, expect, test } from 'vitest';
import { putOrder, startTestAdmin } from '../../test-support/admin.ts';

const admin = await startTestAdmin();
afterAll(() => admin.close());

let number = 0;
let ref = { agentId: 'agent_1', orderId: 'ord_0' };
let path = '';
beforeEach(async () => {
  number += 1;
  ref = { agentId: 'agent_1', orderId: `ord_${number}` };
  path = `/orders/${ref.agentId}/${ref.orderId}`;
  await putOrder(admin.runtime, ref, { facts: [] });
});

const STEP = { step: 'generate:0', attempt: '0' };
const press = (form: Record<string, string>) => admin.press(`${path}/stop`, form);
const stops = async () =>
  (await admin.runtime.store.load(ref))?.facts.filter(({ type }) => type === 'operator_stopped') ?? [];

test('the page shows the step that waits, and a button whose press stops it', async () => {
  const { body } = await admin.ask(path);
  expect(body).toContain('The queue has no job of this step yet.');
  expect(body).toContain('No handler begins.');
  const answer = await press(STEP);
  expect([answer.status, answer.headers.location]).toEqual([303, path]);
  expect(await stops()).toMatchObject([{ stepKey: 'generate:0', attempt: 0, by: 'operator' }]);
  const after = await admin.ask(path);
  expect(after.body).toContain('Operator stopped the step');
  expect(after.body).not.toContain('id="running"');
});

test.each([
  ['a second press', STEP, [STEP]],
  ['a form of an earlier attempt', { ...STEP, attempt: '3' }, []],
  ['a form of another step', { ...STEP, step: 'price:0' }, []],
  ['a step that cannot be stopped', { ...STEP, step: 'deliver:0' }, []],
])('%s changes nothing, and says so', async (_, form, before) => {
  for (const earlier of before) await press(earlier);
  const answer = await press(form);
  expect(answer.status).toBe(409);
  expect(answer.body).toContain('Nothing was changed');
  expect(await stops()).toHaveLength(before.length);
});

test('a form without a step is refused', async () => {
  expect((await press({})).status).toBe(400);
  expect(await stops()).toEqual([]);
});

test('progress and cost of a running step are shown, and its text is escaped', async () => {
  const queue = admin.runtime.queues.get('generation');
  await admin.runtime.reconciler.reconcile(ref);
  const [job] = await queue.getJobs(['prioritized']);
  if (job?.id === undefined) throw new Error('There is no job.');
  await job.updateProgress('<b>page 3 of 9</b>');
  await admin.runtime.redis.lpush(queue.toKey('active'), job.id);
  await admin.runtime.redis.zrem(queue.toKey('prioritized'), job.id);
  const { body } = await admin.ask(path);
  expect(body).toContain('&lt;b&gt;page 3 of 9&lt;/b&gt;');
  expect(body).toContain('what its run has cost is lost');
});
