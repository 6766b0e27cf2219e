import type { Trade } from '../harness/trade.ts';
import { assert, exactly, opened } from './check.ts';
import type { Scenario, Stage } from './scenario.ts';

/** Presses a button of an order's page as the operator. */
async function press(stage: Stage, trade: Trade, form: Record<string, string>): Promise<void> {
  const { admin } = stage.system.urls;
  const answer = await fetch(`${admin}/orders/${trade.ref.agentId}/${trade.id}/actions`, {
    method: 'POST',
    headers: { origin: admin },
    body: new URLSearchParams(form),
    redirect: 'manual',
  });
  assert.equal(answer.status, 303, `the operator presses ${form.action}`);
}

/** The order page's view of a draft's file. */
async function shown(stage: Stage, trade: Trade, draft: number): Promise<string> {
  const page = `${stage.system.urls.admin}/orders/${trade.ref.agentId}/${trade.id}`;
  assert.match(await (await fetch(page)).text(), new RegExp(`/drafts/0/${draft}/0"`));
  return (await fetch(`${page}/drafts/0/${draft}/0`)).text();
}

/** Work that an operator reviews before its delivery, and work that the handler declines. */
export const reviewScenarios: Scenario[] = [
  {
    name: 'review: regenerated with a note, then approved with a message',
    async run(stage) {
      const trade = await stage.place({ service: 'Looked at' });
      await trade.buyer('pay');
      const first = await trade.attention();
      assert.match(first.reason, /asks you to review it/);
      assert.match(await shown(stage, trade, 0), /Note: none/);
      await press(stage, trade, { action: 'regenerate', attention: first.key, note: 'Warmer.' });
      await trade.fact('generated', ({ draft }) => draft === 1);
      const second = await trade.attention(trade.ref.agentId, 'review:0:1');
      assert.match(await shown(stage, trade, 1), /Note: Warmer\./);
      assert.equal((await trade.market()).order.status, 'paid');
      const message = 'Here it is, Ada.\r\nWarmer, as it should be.';
      await press(stage, trade, { action: 'approve', attention: second.key, message });
      const market = await trade.status('delivered');
      assert.match((await opened(market.deliverables[0]?.deliverable_url ?? '')).text, /Note: Warmer\./);
      const sent = await trade.fact('message_intended');
      assert.equal(sent.content, 'Here it is, Ada.\nWarmer, as it should be.');
      await trade.fact('message_sent', ({ kind }) => kind === 'delivered');
      await exactly(trade, { deliveries: 1, messages: 1 });
    },
  },
  {
    name: 'a paid brief is declined: the buyer gets a message, a human may release it',
    async run(stage) {
      const trade = await stage.place({ service: 'Picky', brief: 'Forbidden fruit.' });
      await trade.buyer('pay');
      const { key, reason } = await trade.attention();
      assert.match(reason, /"picky" declines the brief: no fruit/);
      await trade.fact('message_sent', ({ kind }) => kind === 'refused');
      const told = await trade.fact('message_intended');
      assert.match(told.content, /no fruit/);
      await press(stage, trade, { action: 'release', attention: key });
      await trade.status('delivered');
      await trade.fact('message_sent', ({ kind }) => kind === 'delivered');
      await exactly(trade, { deliveries: 1, messages: 2 });
    },
  },
];
