import { type AuditEntry, AuditLog } from '@fulfillment/platform';
import { type Fact, hashPassword } from '@fulfillment/shared';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD, putOrder, startTestAdmin, type TestAdmin } from '../test-support/admin.ts';
import { ACTIONS } from './audit-actions.ts';

const HASH = await hashPassword('another password');
let admin: TestAdmin;
const ref = { agentId: 'agent_1', orderId: 'ord_1' };

beforeAll(async () => {
  admin = await startTestAdmin();
  const facts: Fact[] = [
    { type: 'operator_released', round: '0', attentionKey: 'no_brief', note: 'Use <b>blue</b>.', by: 'ada' },
    { type: 'operator_retried', stepKey: 'generate:0', attempt: 0, by: 'ben' },
    { type: 'operator_message', number: 0, content: 'In two sizes.', by: 'ada' },
  ];
  await putOrder(admin.runtime, ref, { facts });
  await admin.project();
  await admin.press('/services/pause', { part: 'handler', id: 'copy' });
});
afterAll(() => admin.close());

const rows = async (query = '') =>
  [...(await admin.ask(`/audit${query}`)).body.matchAll(/<tr>\s*<td data-label="Time">.*?<\/tr>/gs)].map(
    ([row]) => row,
  );
const audited = async () => {
  const entries: AuditEntry[] = [];
  for await (const entry of new AuditLog(admin.runtime.redis, admin.runtime.keys).newest(
    Number.MAX_SAFE_INTEGER,
  ))
    entries.push(entry);
  return entries;
};

describe('the audit page', () => {
  test('lists who did what, to orders and to the system, and escapes their words', async () => {
    const all = await rows();
    expect(all).toHaveLength(4);
    const { body } = await admin.ask('/audit');
    expect(body).toContain('Use &lt;b&gt;blue&lt;/b&gt;.');
    expect(body).toContain(`href="/orders/${ref.agentId}/${ref.orderId}"`);
    expect(all.find((row) => row.includes('Pause work'))).toMatch(/operator.*handler copy/s);
    expect(all.find((row) => row.includes('>Retry<'))).toMatch(/ben.*Generate the first version/s);
  });

  test.each([
    ['?by=ada', 2],
    ['?action=message', 1],
    ['?by=ben&action=message', 0],
    ['?action=pause_work', 1],
    ['?before=1', 0],
    ['?by=&action=&before=', 4],
    ['?action=fly&before=soon', 4],
  ])('%s lists %i actions', async (query, count) => {
    expect(await rows(query)).toHaveLength(count);
  });

  test('offers every account, and everybody in the audit, whatever the filter shows', async () => {
    const { redis, keys } = admin.runtime;
    await new AuditLog(redis, keys).write({ by: 'zoe', action: 'save_view', subject: 'Late' });
    const accounts = ['mia', 'tom'].map((name) => ({ name, role: 'viewer', passwordHash: HASH }) as const);
    const ofAccounts = await startTestAdmin({ ADMIN_PASSWORD: PASSWORD }, accounts);
    const offered = async (one: TestAdmin, headers: Record<string, string> = {}) =>
      [...(await one.ask('/audit?action=fly&before=1', { headers })).body.matchAll(/<option value="(\w+)"/g)]
        .map(([, name = '']) => name)
        .filter((name) => !name.includes('_') && !(ACTIONS as readonly string[]).includes(name));
    expect(await offered(admin)).toEqual(['ada', 'ben', 'operator', 'zoe']);
    expect(await offered(ofAccounts, { cookie: await ofAccounts.logIn() })).toEqual([
      'mia',
      'operator',
      'tom',
    ]);
    await ofAccounts.close();
  });

  test('is also a file with all actions, in which no text is a formula', async () => {
    const { headers, body } = await admin.ask('/audit/export.csv?by=ada');
    expect(headers['content-disposition']).toMatch(/audit-\d{4}-\d\d-\d\d\.csv/);
    const lines = body.trim().split('\r\n');
    expect(lines[0]).toBe('time,operator,action,subject,note,agent_id,order_id');
    expect(lines).toHaveLength(3);
    expect(body).toContain(',ada,release,no_brief,Use <b>blue</b>.,agent_1,ord_1');
  });

  test('goes on to older actions, and leaves none out', async () => {
    const many: Fact[] = Array.from({ length: 130 }, (_, number) => ({
      type: 'operator_message',
      number,
      content: `Message ${number}.`,
      by: 'eve',
    }));
    await putOrder(admin.runtime, { ...ref, orderId: 'ord_2' }, { facts: many.slice(0, 60) });
    await putOrder(admin.runtime, { ...ref, orderId: 'ord_3' }, { facts: many.slice(60) });
    await admin.project();
    const seen: string[] = [];
    let next = '?by=eve';
    while (next !== '') {
      seen.push(...(await rows(next)));
      const { body } = await admin.ask(`/audit${next}`);
      next = (/href="\/audit(\?[^"]+)">Older/.exec(body)?.[1] ?? '').replaceAll('&amp;', '&');
    }
    expect(new Set(seen.map((row) => /Message \d+/.exec(row)?.[0])).size).toBe(130);
  });
});

test('an action that leaves no entry is not done', async () => {
  const { redis, keys, workPauses } = admin.runtime;
  await redis.rename(keys.audit, `${keys.audit}:away`);
  await redis.set(keys.audit, 'not a stream');
  const answer = await admin.press('/services/pause', { part: 'handler', id: 'unseen' });
  expect(answer.status).toBe(500);
  expect((await workPauses.read()).map(({ id }) => id)).not.toContain('unseen');
  await redis.rename(`${keys.audit}:away`, keys.audit);
});

test('a read and a saved view leave an entry', async () => {
  await admin.press('/orders/views', { name: 'Mine', q: 'is:late' });
  await admin.press('/orders/views/remove', { name: 'Mine' });
  await admin.press(`/orders/${ref.agentId}/${ref.orderId}/reconcile`, {});
  expect((await audited()).slice(0, 3)).toMatchObject([
    { by: 'operator', action: 'read_order', subject: ref.orderId },
    { by: 'operator', action: 'remove_view', subject: 'Mine' },
    { by: 'operator', action: 'save_view', subject: 'Mine' },
  ]);
});

test('pauses of queues leave an entry', async () => {
  await admin.press('/system/queues/messages/pause', {});
  await admin.press('/system/queues/messages/resume', {});
  expect((await audited()).slice(0, 2)).toMatchObject([
    { by: 'operator', action: 'resume_queue', subject: 'messages' },
    { by: 'operator', action: 'pause_queue', subject: 'messages' },
  ]);
});
