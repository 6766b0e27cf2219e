import { afterAll, expect, test } from 'vitest';
import { openScratch } from '../test-support/scratch.ts';
import { type AuditEntry, AuditLog } from './audit-log.ts';

const scratch = await openScratch();
const { redis, keys } = scratch;
const audit = new AuditLog(redis, keys);
afterAll(() => scratch[Symbol.asyncDispose]());

const all = async (before = Number.MAX_SAFE_INTEGER) => {
  const entries: AuditEntry[] = [];
  for await (const entry of audit.newest(before)) entries.push(entry);
  return entries;
};

test('actions come back newest first, with their time, however many there are', async () => {
  for (let index = 0; index < 450; index += 1)
    await audit.write({ by: 'ada', action: 'pause_work', subject: `handler h${index}` });
  const entries = await all();
  expect(entries).toHaveLength(450);
  expect(entries[0]).toMatchObject({ by: 'ada', action: 'pause_work', subject: 'handler h449' });
  const middle = entries[200]?.at ?? 0;
  const earlier = await all(middle);
  expect(earlier.every(({ at }) => at < middle)).toBe(true);
  expect(await all(0)).toEqual([]);
});

test('everybody with an entry is known, until the last entry is no longer kept', async () => {
  await audit.write({ by: 'ben', action: 'pause_work', subject: 'handler copy' });
  expect((await audit.operators()).toSorted()).toEqual(['ada', 'ben']);
  await redis.xtrim(keys.audit, 'MAXLEN', '=', 1);
  expect(await audit.operators()).toContain('ben');
  await redis.xtrim(keys.audit, 'MAXLEN', '=', 0);
  expect(await audit.operators()).toEqual([]);
  await audit.write({ by: 'ada', action: 'pause_work', subject: 'handler copy' });
});

test('an action of another version is left out, and hides no other', async () => {
  await redis.xadd(keys.audit, '*', 'by', 'ada', 'action', 'fly', 'subject', 'x');
  await audit.write({ by: 'subject', action: 'resume_queue', subject: 'orders' });
  expect((await all()).slice(0, 2)).toMatchObject([
    { by: 'subject', action: 'resume_queue', subject: 'orders' },
    { action: 'pause_work' },
  ]);
});
