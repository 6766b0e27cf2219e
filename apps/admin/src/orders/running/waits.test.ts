import os from 'node:os';
import { jobFor } from '@fulfillment/shared';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { putOrder, startTestAdmin } from '../../test-support/admin.ts';

const admin = await startTestAdmin();
afterAll(() => admin.close());
const MINUTE = 60_000;

let number = 0;
let ref = { agentId: 'agent_1', orderId: 'ord_0' };
beforeEach(async () => {
  await admin.runtime.queues.get('generation').drain(true);
  number += 1;
  ref = { agentId: 'agent_1', orderId: `ord_${number}` };
  await putOrder(admin.runtime, ref, { facts: [] });
});

/** Adds the order's job, with what its tries noted in it. */
async function addJob(notes: Record<string, unknown> = {}, options: { delay?: number } = {}) {
  const { queue, name, payload, jobId } = jobFor(ref, { name: 'generate', round: '0', attempt: 0 });
  return admin.runtime.queues.get(queue).add(name, { ...payload, ...notes }, { jobId, ...options });
}
/** The text about the running step, without tags. */
async function shown(): Promise<string> {
  const { body } = await admin.ask(`/orders/${ref.agentId}/${ref.orderId}`);
  const section = body.split('id="running"')[1]?.split('</section>')[0] ?? '';
  return section.replaceAll(/<[^>]*>/g, '').replaceAll(/\s+/g, ' ');
}

test('a job that no worker has taken waits for one', async () => {
  await addJob();
  expect(await shown()).toContain('The job waits for a worker.');
});

test('a job that was put back names the time of its next try, and the reason', async () => {
  await addJob({ waitReason: 'the lock of <b>ord</b> is held' }, { delay: 10 * MINUTE });
  expect(await shown()).toMatch(
    /waits for the time of its next try, in (9|10) min\. Its last try ended: the lock of &lt;b&gt;ord&lt;\/b&gt; is held/,
  );
  const { body } = await admin.ask(`/orders/${ref.agentId}/${ref.orderId}`);
  expect(body).toMatch(/aria-label="Jobs".*delayed, next try <time[^>]*>in (9|10) min/s);
});

test('a job whose last try failed names the failure', async () => {
  const { queues, redis } = admin.runtime;
  const job = await addJob({}, { delay: 10 * MINUTE });
  const key = queues.get('generation').toKey(job.id ?? '');
  await redis.hset(key, { atm: 1, attemptsMade: 1, failedReason: 'The model is <overloaded>' });
  expect(await shown()).toContain('Its last try ended: The model is &lt;overloaded&gt;');
});

test('a job without a try has no reason, and secrets in a reason are not shown', async () => {
  await addJob({}, { delay: 10 * MINUTE });
  expect(await shown()).not.toContain('Its last try');
  const { orderId } = ref;
  ref = { ...ref, orderId: `${orderId}_secret` };
  await putOrder(admin.runtime, ref, { facts: [] });
  await addJob({ waitReason: 'key atelier_abcdef123456' }, { delay: 10 * MINUTE });
  expect(await shown()).not.toContain('abcdef123456');
});

test('each of many steps that run in one process names its host', async () => {
  const { promise: end, resolve: finish } = Promise.withResolvers<void>();
  const work = async () => end;
  const worker = admin.runtime.startWorker({
    queue: 'generation',
    processors: { price: work, generate: work },
    giveUp: work,
    concurrency: 8,
  });
  const refs = Array.from({ length: 8 }, (_, index) => ({ ...ref, orderId: `${ref.orderId}_${index}` }));
  for (const one of refs) {
    await putOrder(admin.runtime, one, { facts: [] });
    ref = one;
    await addJob();
  }
  await expect.poll(() => worker.runningJobs().length).toBe(8);
  for (const one of refs) {
    ref = one;
    expect(await shown()).toContain(`Host${os.hostname()}`);
  }
  finish();
  await worker.stop(1000);
});

test('a pause of work, or of the queue, is what the job waits for', async () => {
  await addJob({ waitReason: 'handler "copy" is paused by ann' }, { delay: 10 * MINUTE });
  await admin.press('/system/queues/generation/pause', {});
  expect(await shown()).toContain(
    'The job waits until somebody resumes queue generation on the System page.',
  );
  await admin.press('/services/pause', { part: 'agent', id: ref.agentId });
  expect(await shown()).toContain('This order waits: agent &quot;agent_1&quot;'.replaceAll('&quot;', '"'));
  await admin.press('/services/resume', { part: 'agent', id: ref.agentId });
  await admin.press('/system/queues/generation/resume', {});
  expect(await shown()).toContain('its next try');
});
