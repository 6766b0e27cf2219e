import { assert, exactly } from './check.ts';
import type { Scenario } from './scenario.ts';

/** Webhooks that never arrive, and webhooks that arrive too often. */
export const webhookScenarios: Scenario[] = [
  {
    name: 'webhooks off entirely: polls alone',
    async run(stage) {
      const trade = await stage.place({ agent: 'silent' });
      await trade.buyer('pay');
      await trade.status('delivered');
      await trade.fact('message_sent');
      await trade.buyer('approve');
      await trade.fact('completed');
      const record = await trade.record();
      assert.equal(
        record?.facts.some((fact) => fact.type === 'heard'),
        false,
      );
      await exactly(trade, { deliveries: 1, messages: 1 });
    },
  },
  {
    name: 'webhooks and polls at once, each event three times in random order',
    async run(stage) {
      const trade = await stage.place({ agent: 'noisy' });
      await trade.buyer('pay');
      await trade.status('delivered');
      await trade.fact('message_sent');
      await trade.buyer('revision', { feedback: 'Shorter, please.' });
      await trade.fact('delivered', (fact) => fact.round === '1');
      await trade.fact('message_sent', (fact) => fact.kind === 'revised');
      await exactly(trade, { deliveries: 2, messages: 2 });
    },
  },
];
