import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { Queues } from '../../jobs/queues.ts';
import { startWorker } from '../../jobs/worker.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { redisServer, startRedis } from '../../test-support/processes.ts';
import { openLog, until } from '../../test-support/scratch.ts';
import { connectRedis } from '../connection/connect.ts';
import { redisKeys } from '../keys.ts';
import { neededCommands } from './needed-commands.ts';

const ROOT = path.resolve(import.meta.dirname, '../../../../..');
/** A command in a script. */
const CALL = /\b(?:r?call|pcall)\(\s*["']([A-Za-z]+)["']/g;
/** A command in TypeScript, and one in a chain. */
const SENT = /(?:redis|multi|pipeline)(?:\(\))?\.([a-z]+)\(/gi;
const CHAINED = /\n\s+\.([a-z]+)\(/g;
/**
 * Without the rights of these, a process cannot connect or make the check. INFO is optional: the
 * start check warns.
 */
const UNCHECKED = ['exec', 'hello', 'info', 'multi', 'quit', 'select'];

function textsOf(folder: string, which: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => which.test(name))
    .map((name) => readFileSync(path.join(folder, name), 'utf8'));
}

/** The texts of all packages and apps. */
function ours(which: RegExp): string[] {
  const folders = ['packages', 'apps'].flatMap((top) =>
    readdirSync(path.join(ROOT, top)).map((name) => path.join(ROOT, top, name, 'src')),
  );
  return folders.filter((folder) => existsSync(folder)).flatMap((folder) => textsOf(folder, which));
}

const found = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, name = '']) => name.toLowerCase());
const needed = new Set(neededCommands('fulfillment').map(([name]) => name));

test('the rights of every command of our scripts and of BullMQ are checked', () => {
  const bullmq = path.join(path.dirname(new URL(import.meta.resolve('bullmq')).pathname), 'scripts');
  const texts = [...textsOf(bullmq, /\.js$/), ...ours(/(?<!test)\.ts$|\.lua$/)];
  const commands = new Set(texts.flatMap((text) => found(text, CALL)));
  expect(commands.size).toBeGreaterThan(40);
  expect([...commands].filter((name) => !needed.has(name))).toEqual([]);
});

test('the rights of every command that our processes send are checked', () => {
  const redis = new Redis({ lazyConnect: true });
  const texts = ours(/^(?!test-support).*(?<!test)\.ts$/);
  const commands = new Set(
    texts.flatMap((text) => [
      ...found(text, SENT),
      ...(/\.(?:multi|pipeline)\(/.test(text) ? found(text, CHAINED) : []),
    ]),
  );
  const sent = redis.getBuiltinCommands().filter((name) => commands.has(name));
  expect(sent.length).toBeGreaterThan(30);
  expect(sent.filter((name) => !needed.has(name) && !UNCHECKED.includes(name))).toEqual([]);
});

describe.skipIf(redisServer === null)('a Redis user with the rights that the documentation names', () => {
  const documented = readFileSync(path.join(ROOT, 'docs/operator/redis.md'), 'utf8');
  const [, rules = ''] = /^ACL SETUSER fulfillment (.+)$/m.exec(documented) ?? [];

  test.each(['', ' -info'])('runs a worker%s, and has no other right', async (without) => {
    await using server = await startRedis();
    const admin = new Redis(server.url);
    await admin.acl(
      'SETUSER',
      'fulfillment',
      ...`${rules}${without}`.replace('PASSWORD', 'hunter2').split(' '),
    );
    const url = server.url.replace('redis://', 'redis://fulfillment:hunter2@');
    const { log, lines } = openLog('warn');
    const keys = redisKeys('fulfillment');
    const access = await connectRedis(
      { url, prefix: 'fulfillment', keys, log },
      new AbortController().signal,
    );
    const done: string[] = [];
    const worker = startWorker({
      queue: 'orders',
      connection: access.redis,
      prefix: keys.bull,
      concurrency: 2,
      log,
      metrics: createMetrics('rights'),
      processors: { reconcile: async ({ orderId }) => void done.push(orderId) },
      giveUp: async () => undefined,
    });
    const queues = new Queues(access.redis, keys.bull, log);
    await queues.poke({ agentId: 'agt_1', orderId: 'ord_1' }, 'sweep');
    await until('the job', () => done.length === 1);
    await queues.get('intake').upsertJobScheduler('sweep', { every: 60_000 }, { name: 'sweep', data: {} });
    expect(await queues.get('intake').getJobSchedulersCount()).toBe(1);
    await expect(access.redis.get('other')).rejects.toThrow('NOPERM');
    await expect(access.redis.flushall()).rejects.toThrow('NOPERM');
    expect(lines.filter(({ msg }) => /worker error|rights/.test(String(msg)))).toEqual([]);
    await worker.stop(1000);
    await queues.close();
    access.close();
    admin.disconnect();
  });
});
