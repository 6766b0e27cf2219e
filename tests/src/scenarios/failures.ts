import { assert, exactly } from './check.ts';
import type { Scenario } from './scenario.ts';

/** Handlers that fail, and the human's response. */
export const failureScenarios: Scenario[] = [
  {
    name: 'handler fails twice, then works',
    async run(stage) {
      const trade = await stage.place({ service: 'Fails twice' });
      await trade.buyer('pay');
      await trade.status('delivered');
      const record = await trade.record();
      assert.equal(record?.facts.filter((fact) => fact.type === 'began').length, 3);
      await trade.fact('message_sent');
      await exactly(trade, { deliveries: 1, messages: 1 });
    },
  },
  {
    name: 'handler fails for good: attention, and done after a retry',
    async run(stage) {
      const trade = await stage.place({ service: 'Fails for good' });
      await trade.buyer('pay');
      const attention = await trade.attention();
      assert.match(attention.reason, /"fails-for-good".*the model refuses this brief/);
      assert.equal(attention.kind, 'failed');
      const { stepKey, attempt } = attention;
      await trade.operator({ type: 'operator_retried', stepKey, attempt, by: 'operator' });
      await trade.status('delivered');
      await trade.fact('message_sent');
      await exactly(trade, { deliveries: 1, messages: 1 });
    },
  },
];
