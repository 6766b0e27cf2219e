import { assert, exactly, opened } from './check.ts';
import type { Scenario } from './scenario.ts';

/** Buyers who want a change, ask, complain, or change their mind. */
export const revisionScenarios: Scenario[] = [
  {
    name: 'revision with feedback, twice, the second beyond those included',
    async run(stage) {
      const trade = await stage.place({});
      await trade.buyer('pay');
      await trade.status('delivered');
      for (const [index, feedback] of ['Make it blue.', 'Now make it green.'].entries()) {
        await trade.fact('delivered', (fact) => fact.round === String(index));
        await trade.fact('message_sent', (fact) => fact.round === String(index));
        await trade.buyer('revision', { feedback });
        const delivered = await trade.fact('delivered', (fact) => fact.round === String(index + 1));
        const file = await opened(delivered.deliverables[0]?.url ?? '');
        assert.match(file.text, new RegExp(feedback));
      }
      await trade.fact('message_sent', (fact) => fact.round === '2');
      await exactly(trade, { deliveries: 3, messages: 3 });
    },
  },
  {
    name: 'revision seen only by poll: the buyer is asked, and answers',
    async run(stage) {
      const trade = await stage.place({ agent: 'silent' });
      await trade.buyer('pay');
      await trade.status('delivered');
      await trade.fact('message_sent');
      await trade.buyer('revision', { feedback: 'This text never reaches us.' });
      await trade.fact('message_sent', (fact) => fact.kind === 'ask_feedback');
      await trade.buyer('message', { content: 'A warmer tone, please.' });
      const delivered = await trade.fact('delivered', (fact) => fact.round === '1');
      const file = await opened(delivered.deliverables[0]?.url ?? '');
      assert.match(file.text, /A warmer tone, please/);
      await trade.fact('message_sent', (fact) => fact.kind === 'revised');
      await exactly(trade, { deliveries: 2, messages: 3 });
    },
  },
  {
    name: 'dispute: the buyer is answered, and a human decides',
    async run(stage) {
      const trade = await stage.place({});
      await trade.buyer('pay');
      await trade.status('delivered');
      await trade.fact('message_sent');
      await trade.buyer('dispute', { reason: 'It is not what I asked for.' });
      const attention = await trade.attention();
      assert.match(attention.reason, /not what I asked for/);
      await trade.fact('message_sent', (fact) => fact.kind === 'dispute_received');
      await exactly(trade, { deliveries: 1, messages: 2 });
    },
  },
  {
    name: 'dispute that an operator releases: delivered once more',
    async run(stage) {
      const trade = await stage.place({});
      await trade.buyer('pay');
      await trade.status('delivered');
      await trade.fact('message_sent');
      await trade.buyer('dispute', { reason: 'The colours are wrong.' });
      await trade.attention();
      await trade.operator({ type: 'operator_released', round: '0d', by: 'operator' });
      const delivered = await trade.fact('delivered', (fact) => fact.round === '0d');
      const file = await opened(delivered.deliverables[0]?.url ?? '');
      assert.match(file.text, /The colours are wrong/);
      await trade.fact('message_sent', (fact) => fact.round === '0d' && fact.kind === 'delivered');
      await exactly(trade, { deliveries: 2, messages: 3 });
    },
  },
  {
    name: 'cancelled while generating: the work is aborted, nothing is delivered',
    async run(stage) {
      const trade = await stage.place({ service: 'Slow work' });
      await trade.buyer('pay');
      await trade.fact('began');
      await trade.buyer('cancel');
      await trade.fact('seen', (fact) => fact.status === 'cancelled');
      await trade.jobGone('generation', 'generate');
      await exactly(trade, { deliveries: 0, messages: 0 });
    },
  },
  {
    name: 'a message from the buyer is kept',
    async run(stage) {
      const trade = await stage.place({});
      await trade.buyer('pay');
      await trade.status('delivered');
      await trade.buyer('message', { content: 'Thank you, I will check it now.' });
      const message = await trade.fact('buyer_message');
      assert.equal(message.content, 'Thank you, I will check it now.');
      await trade.fact('message_sent');
      await exactly(trade, { deliveries: 1, messages: 1 });
    },
  },
];
