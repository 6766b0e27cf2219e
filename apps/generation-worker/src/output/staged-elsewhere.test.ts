import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { folderId } from '@fulfillment/artifacts';
import type { LoadedRecord } from '@fulfillment/platform';
import type { Recorded, Step } from '@fulfillment/shared';
import { afterAll, expect, test } from 'vitest';
import { waitForOtherWorkersOutput } from './staged-elsewhere.ts';

const dir = await mkdtemp(path.join(os.tmpdir(), 'kept-'));
afterAll(() => rm(dir, { recursive: true, force: true }));

const MINUTE = 60_000;
const KEPT_AT = 1_000_000;
const STEP: Step = { name: 'generate', round: '0', attempt: 0 };
const RETRY: Step = { ...STEP, attempt: 1 };

/** The order this long after a worker staged its output. */
const after = (ms: number, folder: string, ...facts: Recorded[]): LoadedRecord => ({
  agentId: 'agt_1',
  orderId: 'ord_1',
  snapshot: null,
  observedAt: 0,
  hints: 0,
  hintsAnswered: 0,
  hintedAt: 0,
  threadReadAt: 0,
  reads: 0,
  turnaroundHours: null,
  service: null,
  loadedAt: KEPT_AT + ms,
  marks: {},
  facts: [
    { type: 'kept', round: '0', draft: 0, attempt: 0, folder, reason: 'the store is down', at: KEPT_AT },
    ...facts,
  ],
});
const retried = (at: number): Recorded => ({
  type: 'operator_retried',
  stepKey: 'generate:0',
  attempt: 0,
  by: 'ada',
  at,
});

test('an output in this folder belongs to this worker', async () => {
  await expect(waitForOtherWorkersOutput(dir, after(0, await folderId(dir)), STEP)).resolves.toBeUndefined();
});

test('a worker waits for an output in another folder, then the order goes to attention', async () => {
  await expect(waitForOtherWorkersOutput(dir, after(14 * MINUTE, 'other'), STEP)).rejects.toMatchObject({
    failure: { kind: 'throttled' },
  });
  await expect(waitForOtherWorkersOutput(dir, after(16 * MINUTE, 'other'), STEP)).rejects.toMatchObject({
    failure: { kind: 'permanent', reason: expect.stringContaining('the store is down. Start that worker') },
  });
});

test('a retry waits briefly, then regenerates the output', async () => {
  const again = retried(KEPT_AT + 20 * MINUTE);
  await expect(
    waitForOtherWorkersOutput(dir, after(20.5 * MINUTE, 'other', again), RETRY),
  ).rejects.toMatchObject({
    failure: { kind: 'throttled' },
  });
  await expect(
    waitForOtherWorkersOutput(dir, after(22 * MINUTE, 'other', again), RETRY),
  ).resolves.toBeUndefined();
});

test('another round or draft is generated', async () => {
  const record = after(0, 'other');
  await expect(waitForOtherWorkersOutput(dir, record, { ...STEP, round: '1' })).resolves.toBeUndefined();
});
