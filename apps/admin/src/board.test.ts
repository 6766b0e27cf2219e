import { jobFor } from '@fulfillment/shared';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestAdmin, type TestAdmin } from './test-support/admin.ts';

const REF = { agentId: 'agent_1', orderId: 'ord_1' };
const { jobId } = jobFor(REF, { name: 'generate', round: '0', attempt: 0 });

let admin: TestAdmin;
beforeAll(async () => {
  admin = await startTestAdmin();
  const { queues } = admin.runtime;
  await queues.ensure(REF, { name: 'generate', round: '0', attempt: 0 }, Date.now());
  await queues.get('intake').upsertJobScheduler('sweep', { every: 60_000 }, { name: 'sweep', data: {} });
});
afterAll(() => admin.close());

const QUEUE = '/queues/api/queues/generation';
const JOB = `${QUEUE}/${jobId}`;
const SCHEDULER = '/queues/api/queues/intake/job-schedulers/sweep';

/**
 * Every call of Bull Board that changes something, except the calls for a history that we do not
 * keep.
 */
test.each([
  ['PUT', '/queues/api/queues/pause'],
  ['PUT', '/%71ueues/api/queues/pause'],
  ['PUT', '/queues/api/queues/resume'],
  ['PUT', '/queues/api/queues/intake/obliterate'],
  ['POST', `${QUEUE}/add`],
  ['PUT', `${QUEUE}/retry/failed`],
  ['PUT', `${QUEUE}/retry/completed`],
  ['PUT', `${QUEUE}/promote`],
  ['PUT', `${QUEUE}/clean/failed`],
  ['PUT', `${QUEUE}/clean/wait`],
  ['PUT', `${QUEUE}/pause`],
  ['PUT', `${QUEUE}/resume`],
  ['PUT', `${QUEUE}/concurrency`],
  ['PUT', `${QUEUE}/rate-limit`],
  ['PUT', `${QUEUE}/rate-limit/release`],
  ['PUT', `${QUEUE}/empty`],
  ['PUT', `${QUEUE}/obliterate`],
  ['PUT', `${SCHEDULER}/remove`],
  ['PATCH', SCHEDULER],
  ['PUT', `${SCHEDULER}/run`],
  ['PUT', `${JOB}/retry`],
  ['PUT', `${JOB}/clean`],
  ['PUT', `${JOB}/promote`],
  ['PATCH', `${JOB}/update-data`],
  ['PATCH', `${JOB}/delay`],
  ['PATCH', `${JOB}/priority`],
  ['PUT', `${JOB}/remove-unprocessed-children`],
])('%s %s of the board is rejected, and the answer says where to act instead', async (method, path) => {
  const answer = await admin.ask(path, { method, headers: { origin: admin.address } });
  expect(answer.status).toBe(405);
  expect(answer.body).toContain("An order's page retries");
  const { queues } = admin.runtime;
  expect(await queues.get('generation').getJobState(jobId)).toBe('prioritized');
  expect(await queues.get('intake').getJobSchedulersCount()).toBe(1);
  expect(await queues.get('generation').isPaused()).toBe(false);
});

test('the board offers no action that would be rejected', async () => {
  const { body } = await admin.ask('/queues/api/queues');
  const { queues } = JSON.parse(body) as { queues: { readOnlyMode: boolean; allowRetries: boolean }[] };
  expect(queues).toHaveLength(5);
  expect(queues.every(({ readOnlyMode, allowRetries }) => readOnlyMode && !allowRetries)).toBe(true);
});
