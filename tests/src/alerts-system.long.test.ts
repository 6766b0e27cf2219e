/**
 * Provokes every kind of alert about the system in the running system, one after another: each
 * arrives once, and its end once. Needs root on Linux, for a small disk that it fills.
 */
import { mkdir, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { temporaryFolder, waitFor } from '@fulfillment/processes';
import { ALERT_KIND_NAMES, type AlertKind, isOrderKind } from '@fulfillment/shared';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AGENTS } from './harness/agents.ts';
import { type AlertProof, type Provocation, startAlertProof } from './harness/alert-proof.ts';
import { mountSmallDisk, type SmallDisk } from './harness/small-disk.ts';
import { ageJobs, ageSigns, ageStarts, ageUnsent } from './harness/time-passes.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let proof: AlertProof;
let disk: SmallDisk;
let ledgerFile: string;
const cleanups: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  const folder = await temporaryFolder('alerts');
  cleanups.push(() => folder.remove());
  disk = await mountSmallDisk(path.join(folder.path, 'artifacts'));
  cleanups.push(async () => disk[Symbol.asyncDispose]());
  ledgerFile = path.join(folder.path, 'ledger.sqlite');
  const started = await startAlertProof({
    ARTIFACTS_DIR: disk.folder,
    LEDGER_URL: `file:${ledgerFile}`,
  });
  cleanups.push(started.close);
  proof = started.proof;
}, 120_000);
afterAll(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
}, 60_000);

/** The marketplace refuses deliveries for longer than a window of the API budget. */
async function refuseDeliveries(): Promise<() => Promise<unknown>> {
  const { sandbox } = proof.system;
  const ceilings = { deliver: 0 };
  await sandbox.put('/sandbox/rate-limit', { mode: 'separate', window_ms: 30_000, ceilings });
  const trade = await proof.paid({});
  return async () => {
    await sandbox.put('/sandbox/rate-limit', { mode: 'off' });
    await trade.status('delivered');
  };
}

/** A pause that an operator began two hours ago. @returns what ends it. */
async function pauseForLong(handler: string): Promise<() => Promise<unknown>> {
  const { redis, keys } = proof.system;
  const pause = { part: 'handler', id: handler, by: 'ada', since: Date.now() - 2 * HOUR };
  await redis.hset(keys.workPauses, `handler:${handler}`, JSON.stringify(pause));
  return () => redis.hdel(keys.workPauses, `handler:${handler}`);
}

const PROVOKED: Partial<Record<AlertKind, Provocation>> = {
  async app_missing() {
    await proof.system.stop('delivery-worker');
    return () => proof.system.start('delivery-worker');
  },
  async app_restarting() {
    for (let times = 0; times < 4; times += 1) {
      await proof.system.stop('generation-worker');
      await proof.system.start('generation-worker');
    }
    return () => ageStarts(proof.system, 11 * MINUTE);
  },
  async jobs_waiting() {
    await proof.system.stop('generation-worker');
    const trade = await proof.paid({});
    const queue = proof.system.queues.get('generation');
    await waitFor('the job of the order', async () => (await queue.getPrioritizedCount()) > 0);
    await ageJobs(proof.system, 'generation', 11 * MINUTE);
    return async () => {
      await proof.system.start('generation-worker');
      await trade.status('delivered');
    };
  },
  work_paused: () => pauseForLong('quoted'),
  async intake_silent() {
    const { sandbox, agentIds } = proof.system;
    const fault = { endpoint: 'orders.listForAgent', kind: 'status', status: 503 };
    await sandbox.post('/sandbox/faults', fault);
    // A poll that began before the fault may note its success afterwards.
    await waitFor(
      'the alert of the silence',
      async () => {
        await ageSigns(proof.system, agentIds.silent, 3 * HOUR);
        return proof.received.some(({ kind }) => kind === 'intake_silent');
      },
      { timeoutMs: 30_000, intervalMs: 500 },
    );
    return () => sandbox.delete('/sandbox/faults');
  },
  async signatures_failing() {
    const { sandbox, agentIds, redis, keys } = proof.system;
    // Of these webhooks, the ingestor counts one a second.
    await waitFor(
      'the alert of wrong signatures',
      async () => {
        const webhook = { agent_id: agentIds.studio, event: 'order.paid', body: {}, signature: 'wrong' };
        await sandbox.post('/sandbox/webhooks/raw', webhook);
        return proof.received.some(({ kind }) => kind === 'signatures_failing');
      },
      { timeoutMs: 60_000, intervalMs: 1100 },
    );
    // The count is forgotten after a quarter of an hour.
    return () => redis.pexpire(keys.badSignatures(agentIds.studio), 1);
  },
  async key_rejected() {
    const { sandbox, agentIds } = proof.system;
    const agent = `/sandbox/agents/${agentIds.second}`;
    await sandbox.patch(agent, { api_key: 'atelier_another_0123456789abcdef' });
    const known = AGENTS.find(({ name }) => name === 'second');
    return () => sandbox.patch(agent, { api_key: known?.apiKey });
  },
  async agent_cannot_earn() {
    const { sandbox, agentIds } = proof.system;
    const agent = `/sandbox/agents/${agentIds.studio}`;
    await sandbox.patch(agent, { moderation: { status: 'pending' } });
    await proof.restartIngestor();
    return async () => {
      await sandbox.patch(agent, { moderation: { status: 'approved' } });
      await proof.restartIngestor();
    };
  },
  calls_refused: refuseDeliveries,
  budget_exhausted: refuseDeliveries,
  async redis_memory() {
    const { redis } = proof.system;
    const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
    await redis.config('SET', 'maxmemory', String(Math.round(used * 1.15)));
    return () => redis.config('SET', 'maxmemory', '0');
  },
  async redis_not_saving() {
    const { redis } = proof.system;
    const [, folder = ''] = (await redis.config('GET', 'dir')) as string[];
    const [, file = ''] = (await redis.config('GET', 'dbfilename')) as string[];
    // A snapshot cannot take the name of a folder.
    await mkdir(path.join(folder, file));
    await redis.bgsave();
    return async () => {
      await rmdir(path.join(folder, file));
      await redis.bgsave();
    };
  },
  async disk_full() {
    await disk.fill(0.97);
    return () => disk.clear();
  },
  async ledger_behind() {
    const database = new DatabaseSync(ledgerFile, { timeout: 10_000 });
    database.exec('begin immediate');
    const trade = await proof.paid({}, 'delivered');
    return async () => {
      database.exec('rollback');
      database.close();
      await proof.end(trade);
    };
  },
  async channel_failing() {
    proof.backup.breakDown(true);
    const resume = await pauseForLong('picky');
    const hasFailed = async () => (await ageUnsent(proof.system, 'backup', 16 * MINUTE)) > 0;
    await waitFor('a failed message', hasFailed, { timeoutMs: 30_000 });
    return async () => {
      proof.backup.breakDown(false);
      await resume();
    };
  },
};

test('every kind of alert about the system is provoked', () => {
  const kinds = ALERT_KIND_NAMES.filter((kind) => !isOrderKind(kind));
  expect(Object.keys(PROVOKED).toSorted()).toEqual(kinds.toSorted());
});

test.each(Object.entries(PROVOKED))('%s arrives once, and its end once', async (kind, begin) => {
  const states = await proof.statesOf(kind as AlertKind, begin);
  for (const ofAlert of states) expect(ofAlert).toEqual(['opened', 'resolved']);
});

test('workers that are frozen count as missing, until they go on', async () => {
  const { system } = proof;
  const states = await proof.statesOf('app_missing', async () => {
    system.signal('generation-worker', 'SIGSTOP');
    return async () => system.signal('generation-worker', 'SIGCONT');
  });
  expect(states).toEqual([['opened', 'resolved']]);
});

test('in the whole run, no message came twice, and no alert opened twice without an end', () => {
  expect(proof.disorder()).toEqual([]);
});
