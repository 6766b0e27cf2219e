import { afterAll, beforeAll, expect, test } from 'vitest';
import { putOrder, startTestAdmin, type TestAdmin } from '../test-support/admin.ts';

let admin: TestAdmin;
beforeAll(async () => {
  admin = await startTestAdmin();
});
afterAll(() => admin.close());

test('the page shows the stack of each failed try and review function, folded and without secrets', async () => {
  const ref = { agentId: 'agent_1', orderId: 'ord_1' };
  const stack =
    'Error: 401 for sk-abcdefghijklmnop1234\n    at paint (file:///srv/fulfillment.config.ts:12:9)';
  await putOrder(admin.runtime, ref, {
    facts: [
      {
        type: 'try_failed',
        step: 'generate',
        round: '0',
        attempt: 0,
        start: 0,
        kind: 'transient',
        reason: 'Handler "draw" failed',
        stack,
      },
      {
        type: 'review_function_failed',
        round: '0',
        draft: 0,
        handler: 'draw',
        reason: '401',
        stack: stack.replace('paint', 'judge'),
      },
    ],
  });
  const { body } = await admin.ask(`/orders/${ref.agentId}/${ref.orderId}`);
  for (const [type, origin] of Object.entries({ try_failed: 'paint', review_function_failed: 'judge' })) {
    const entry = body.split(`data-type="${type}"`)[1]?.split('</li>')[0];
    expect(entry).toContain('<summary>Stack of the error</summary>');
    expect(entry).toContain(`at ${origin} (file:///srv/fulfillment.config.ts:12:9)`);
  }
  expect(body).not.toContain('abcdefghijklmnop1234');
});
