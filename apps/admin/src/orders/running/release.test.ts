import { afterAll, beforeEach, expect, test } from 'vitest';
import { putOrder, startTestAdmin } from '../../test-support/admin.ts';

const admin = await startTestAdmin();
afterAll(() => admin.close());

let number = 0;
let ref = { agentId: 'agent_1', orderId: 'ord_0' };
let path = '';
/** An order without a brief waits for an operator. */
beforeEach(async () => {
  number += 1;
  ref = { agentId: 'agent_1', orderId: `ord_${number}` };
  path = `/orders/${ref.agentId}/${ref.orderId}`;
  await putOrder(admin.runtime, ref, { fields: { brief: null }, facts: [] });
});

const release = () => admin.press(`${path}/actions`, { action: 'release', attention: 'no_brief', note: '' });
const factsOf = async (type: string) =>
  (await admin.runtime.store.load(ref))?.facts.filter((fact) => fact.type === type) ?? [];

/** The fields of the form that takes the release back. */
async function shownForm(): Promise<Record<string, string>> {
  const { body } = await admin.ask(path);
  const [form = ''] = /<form[^>]*id="withdraw-release"[\s\S]*?<\/form>/.exec(body) ?? [];
  return Object.fromEntries(
    [...form.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
}
const withdraw = (form: Record<string, string>) => admin.press(`${path}/withdraw-release`, form);

test('a release is taken back with one press, and the order waits as before', async () => {
  expect(await shownForm()).toEqual({});
  expect((await release()).status).toBe(303);
  const form = await shownForm();
  expect(form).toMatchObject({ attention: 'no_brief' });
  expect((await withdraw(form)).status).toBe(303);
  const { body } = await admin.ask(path);
  expect(body).toContain('data-attention="no_brief"');
  expect(body).toContain('Operator takes the release of');
  expect(await shownForm()).toEqual({});

  expect((await release()).status).toBe(303);
  expect(await factsOf('operator_released')).toHaveLength(2);
  expect((await withdraw(await shownForm())).status).toBe(303);
  expect((await admin.ask(path)).body).toContain('data-attention="no_brief"');
});

test('a second press, and a press after a handler has begun, change nothing and say so', async () => {
  await release();
  const form = await shownForm();
  await withdraw(form);
  const second = await withdraw(form);
  expect([second.status, second.body.includes('Nothing was changed')]).toEqual([409, true]);
  await release();
  const late = await shownForm();
  await admin.runtime.store.append(ref, [
    { type: 'began', step: 'generate', round: '0', attempt: 0, start: 0, handler: 'painter' },
  ]);
  expect((await withdraw(late)).status).toBe(409);
  expect(await shownForm()).toEqual({});
  expect(await factsOf('operator_release_withdrawn')).toHaveLength(1);
  expect((await withdraw({})).status).toBe(400);
});

test('a handler that has begun, and goes on without the release, is reported', async () => {
  ref = { ...ref, orderId: `${ref.orderId}_unknown` };
  path = `/orders/${ref.agentId}/${ref.orderId}`;
  // The beginning of the handler is older than the release.
  await putOrder(admin.runtime, ref, {
    fields: { service_id: null, service_title: null },
    facts: [
      { type: 'began', step: 'generate', round: '0', attempt: 0, start: 0, handler: 'painter' },
      { type: 'operator_released', round: '0', attentionKey: 'service_unknown', by: 'ann' },
    ],
  });
  const { status, body } = await withdraw(await shownForm());
  expect(status).toBe(409);
  expect(body).toContain('A handler has begun the round, and goes on');
});
