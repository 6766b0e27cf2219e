import type { Fact } from '@fulfillment/shared';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { putOrder, startTestAdmin, type TestAdmin } from '../../test-support/admin.ts';

let admin: TestAdmin;
let count = 0;
let ref = { agentId: 'agent_1', orderId: 'ord_0' };
let path = '';

beforeAll(async () => {
  admin = await startTestAdmin();
});
afterAll(() => admin.close());
beforeEach(async () => {
  count += 1;
  ref = { agentId: 'agent_1', orderId: `ord_${count}` };
  path = `/orders/${ref.agentId}/${ref.orderId}`;
  await putOrder(admin.runtime, ref, { facts: [ASKED] });
});

const ASKED: Fact = {
  type: 'buyer_message',
  content: 'In two <b>sizes</b>?',
  senderName: 'Ada',
  bodyHash: 'a',
};
const messages = async () =>
  (await admin.runtime.store.load(ref))?.facts.flatMap((fact) =>
    fact.type === 'operator_message' ? [[fact.number, fact.content, fact.by]] : [],
  );
const write = (content: string, number = '0') => admin.press(`${path}/messages`, { number, content });
const conversation = async () =>
  (await admin.ask(path)).body.split('id="conversation"')[1]?.split('</section>')[0] ?? '';

test("the page shows the buyer's message and a box for the reply", async () => {
  const body = await conversation();
  expect(body).toContain('In two &lt;b&gt;sizes&lt;/b&gt;?');
  expect(body).toContain('maxlength="2000"');
  expect(body).toContain('name="number" value="0"');
});

test('a reply is recorded with its line breaks and queued, and a second press changes nothing', async () => {
  const answer = await write('Yes.\r\nIn two sizes.');
  expect([answer.status, answer.headers.location]).toEqual([303, `${path}#conversation`]);
  expect((await write('Yes.\r\nIn two sizes.')).status).toBe(303);
  expect(await messages()).toEqual([[0, 'Yes.\nIn two sizes.', 'operator']]);
  const body = await conversation();
  expect(body).toContain('Queued');
  expect(body).toContain('name="number" value="1"');
  expect((await admin.ask(path)).body).not.toContain('data-attention="unread');
});

test('the same words again are the same message, until the buyer answers or it is withdrawn', async () => {
  await write('Yes.');
  expect((await write('Yes.', '1')).status).toBe(303);
  expect(await messages()).toHaveLength(1);
  await admin.press(`${path}/messages/withdraw`, { number: '0' });
  await write('Yes.', '1');
  expect(await messages()).toHaveLength(2);
  await admin.runtime.store.append(ref, [{ ...ASKED, content: 'Really?', bodyHash: 'b' }]);
  await write('Yes.', '2');
  expect(await messages()).toHaveLength(3);
});

test('many replies hide no job of the order', async () => {
  const { queues, store } = admin.runtime;
  await queues.ensure(ref, { name: 'generate', round: '0', attempt: 0 }, Date.now());
  await store.append(
    ref,
    Array.from(
      { length: 30 },
      (_, number): Fact => ({
        type: 'operator_message',
        number,
        content: `Answer ${number}`,
        by: 'operator',
      }),
    ),
  );
  await queues.ensure(ref, { name: 'send', kind: 'reply', round: '29', attempt: 0 }, Date.now());
  const { body } = await admin.ask(path);
  const jobs = body.split('aria-label="Jobs"')[1]?.split('</ul>')[0] ?? '';
  expect(jobs).toContain('Generate the first version');
  expect(jobs).toContain('Send the reply to the buyer');
});

test('of two operators who answer at once, the second sees the first, and keeps the own text', async () => {
  await write('Yes.');
  const { status, body } = await write('No, sorry.');
  expect(status).toBe(409);
  expect(body).toContain('operator wrote meanwhile: &quot;Yes.&quot;');
  expect(body).toContain('No, sorry.');
  expect(await messages()).toHaveLength(1);
});

test('an empty or too long reply is rejected', async () => {
  for (const content of ['', ' \r\n ', 'x'.repeat(2001)]) expect((await write(content)).status).toBe(400);
  expect((await write(`${'x'.repeat(1998)}\r\nx`)).status).toBe(303);
});

test('an order that takes no messages has no box, and rejects a reply', async () => {
  await putOrder(admin.runtime, { ...ref, orderId: 'ord_gone' }, { fields: { status: 'cancelled' } });
  expect((await admin.ask('/orders/agent_1/ord_gone')).body).not.toContain('<textarea name="content"');
  const answer = await admin.press('/orders/agent_1/ord_gone/messages', { number: '0', content: 'Hello' });
  expect(answer.status).toBe(409);
  expect(answer.body).toContain('Atelier takes no message');
});

test('a queued reply can be withdrawn, and one whose sending has begun cannot', async () => {
  await write('Yes.');
  expect((await admin.press(`${path}/messages/withdraw`, { number: '0' })).status).toBe(303);
  expect(await conversation()).toContain('Withdrawn');
  await write('No.', '1');
  await admin.runtime.store.append(ref, [
    { type: 'message_intended', kind: 'reply', round: '1', content: 'No.' },
  ]);
  const late = await admin.press(`${path}/messages/withdraw`, { number: '1' });
  expect([late.status, late.body]).toEqual([409, expect.stringContaining('its sending has begun')]);
  expect(await conversation()).toContain('Being sent');
});
