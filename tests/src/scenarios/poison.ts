import { POISON_REASONS, poisonBrief } from '../poison-handlers.ts';
import { assert, exactly } from './check.ts';
import type { Scenario } from './scenario.ts';

const INNOCENT = 'One file';

/** Handlers that crash, block or fill the memory of their process, beside innocent orders. */
export const poisonScenarios: Scenario[] = [
  {
    name: 'poisonous handlers hurt only their own orders',
    async run(stage) {
      const trades = await Promise.all(
        POISON_REASONS.map(async ({ kind, reason }) => ({
          reason,
          poisoned: await stage.place({ service: INNOCENT, brief: poisonBrief(kind) }),
          innocent: await stage.place({ service: INNOCENT }),
        })),
      );
      await Promise.all(
        trades.flatMap(({ poisoned, innocent }) => [poisoned.buyer('pay'), innocent.buyer('pay')]),
      );
      for (const { reason, poisoned, innocent } of trades) {
        await innocent.status('delivered');
        const begun = (await innocent.record())?.facts.filter(({ type }) => type === 'began');
        assert.equal(begun?.length, 1, `beginnings of the innocent order ${innocent.id}`);
        assert.match((await poisoned.attention()).reason, reason);
        const attempts = (await poisoned.record())?.facts.filter(({ type }) => type === 'try_failed');
        assert.equal(attempts?.length, 2, `failed attempts of ${poisoned.id}`);
        await exactly(poisoned, { deliveries: 0, messages: 0 });
      }
    },
  },
];
