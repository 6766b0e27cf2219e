import assert from 'node:assert/strict';
import type { Trade } from '../harness/trade.ts';

/** Checks that the order ended with exactly this many deliveries and messages of ours. */
export async function exactly(
  trade: Trade,
  expected: { deliveries: number; messages: number },
): Promise<void> {
  await trade.quiet();
  const deliveries = await trade.effects('orders.deliver');
  const messages = await trade.effects('orders.sendMessage');
  assert.equal(deliveries.length, expected.deliveries, `deliveries of ${trade.id}`);
  assert.equal(messages.length, expected.messages, `messages of ${trade.id}`);
  for (const call of [...deliveries, ...messages]) {
    assert.equal(call.agent_id, trade.ref.agentId, `the agent that served ${trade.id}`);
  }
}

/** The bytes that a buyer receives from a deliverable's URL. */
export async function opened(url: string): Promise<{ type: string; text: string }> {
  const answer = await fetch(url);
  assert.equal(answer.status, 200, `the buyer opens ${url}`);
  return { type: answer.headers.get('content-type') ?? '', text: await answer.text() };
}

export { assert };
