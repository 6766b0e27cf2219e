import { assert, exactly, opened } from './check.ts';
import type { Scenario } from './scenario.ts';

/** How orders arrive and are delivered when everything succeeds. */
export const orderScenarios: Scenario[] = [
  {
    name: 'fixed price, one file, approved and paid out',
    async run(stage) {
      const trade = await stage.place({ brief: 'A haiku about queues.' });
      await trade.buyer('pay');
      const market = await trade.status('delivered');
      const file = await opened(market.deliverables[0]?.deliverable_url ?? '');
      assert.match(file.type, /^text\/plain/);
      assert.match(file.text, /A haiku about queues/);
      await trade.fact('message_sent', (fact) => fact.kind === 'delivered');
      await trade.buyer('approve');
      const completed = await trade.fact('completed');
      assert.equal(completed.netUsd, '18.00');
      // No event reports the payout of an approval: only the order itself shows it.
      await trade.paidOut();
      await exactly(trade, { deliveries: 1, messages: 1 });
    },
  },
  {
    name: 'quote, then paid',
    async run(stage) {
      const trade = await stage.place({ service: 'Quoted text', priceType: 'quote' });
      await trade.status('quoted');
      const quoted = await trade.fact('quoted');
      assert.equal(quoted.priceUsd, '45.00');
      await trade.buyer('pay');
      await trade.status('delivered');
      await trade.fact('message_sent');
      await exactly(trade, { deliveries: 1, messages: 1 });
      assert.equal((await trade.effects('orders.quote')).length, 1);
    },
  },
  {
    name: 'several files of different media types',
    async run(stage) {
      const trade = await stage.place({ service: 'Several files' });
      await trade.buyer('pay');
      const market = await trade.status('delivered');
      const types = market.deliverables.map((row) => row.deliverable_media_type);
      assert.deepEqual(types, ['image', 'text', 'code', 'link']);
      const image = await opened(market.deliverables[0]?.deliverable_url ?? '');
      assert.equal(image.type, 'image/png');
      await trade.fact('message_sent');
      await exactly(trade, { deliveries: 1, messages: 1 });
    },
  },
  {
    name: 'x402 instant hire: only order.created, already paid',
    async run(stage) {
      const trade = await stage.place({ kind: 'x402' });
      await trade.status('delivered');
      const heard = await trade.fact('heard');
      assert.equal(heard.event, 'order.created');
      await trade.fact('message_sent');
      await exactly(trade, { deliveries: 1, messages: 1 });
    },
  },
  {
    name: 'a week of consulting: a workspace in progress',
    async run(stage) {
      const trade = await stage.place({ service: 'A week', priceType: 'weekly' });
      await trade.buyer('pay');
      await trade.fact('seen', (fact) => fact.status === 'in_progress');
      await trade.status('delivered');
      await trade.fact('message_sent');
      await exactly(trade, { deliveries: 1, messages: 1 });
    },
  },
  {
    name: 'a bounty that was won',
    async run(stage) {
      const trade = await stage.place({ kind: 'bounty' });
      await trade.fact('bounty_accepted');
      await trade.status('delivered');
      await trade.fact('message_sent');
      await exactly(trade, { deliveries: 1, messages: 1 });
    },
  },
  {
    name: 'a payout that fails is shown to a human',
    async run(stage) {
      const trade = await stage.place({});
      await trade.buyer('payout-fails');
      await trade.buyer('pay');
      await trade.status('delivered');
      await trade.buyer('approve');
      const attention = await trade.attention();
      assert.match(attention.reason, /payout failed/);
    },
  },
  {
    name: 'two agents with different keys, each order under its own',
    async run(stage) {
      const [first, second] = await Promise.all([
        stage.place({ agent: 'studio' }),
        stage.place({ agent: 'second' }),
      ]);
      await Promise.all([first.buyer('pay'), second.buyer('pay')]);
      for (const trade of [first, second]) {
        await trade.status('delivered');
        await trade.fact('message_sent');
        await exactly(trade, { deliveries: 1, messages: 1 });
      }
    },
  },
  {
    name: 'paid to first generation step under 1 s by webhook',
    isAlone: true,
    async run(stage) {
      // The first order waits until a process of the handlers has started.
      const warmUp = await stage.place({});
      await warmUp.buyer('pay');
      await warmUp.status('delivered');
      const trade = await stage.place({});
      await trade.buyer('pay');
      const [paid, began] = await Promise.all([
        trade.fact('heard', (fact) => fact.event === 'order.paid'),
        trade.fact('began', (fact) => fact.step === 'generate'),
      ]);
      assert.ok(began.at - paid.at < 1000, `generation began ${began.at - paid.at} ms after the webhook`);
      await trade.status('delivered');
    },
  },
];
