import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DELIVERED_LINK as LINK, MINUTE_MS, NOW, order, refusalOf } from '../../test-support/rule-orders.ts';
import { type Order, type Service, STATUSES, type Status } from '../types.ts';
import * as rules from './order-rules.ts';
import { passWorkspaceTime } from './workspaces.ts';

describe('for any actions of buyers and sellers', () => {
  const ACTIONS = {
    quote: (o, now) => rules.quote(o, '5.00', now),
    pay: (o, now) => rules.pay(o, now),
    deliver: (o, now) => rules.deliver(o, [LINK], now),
    approve: (o, now) => rules.approve(o, now, 'buyer'),
    revision: (o, now) => rules.requestRevision(o, 'F', now),
    dispute: (o, now) => rules.dispute(o, 'R', now),
    cancel: (o, now) => rules.cancel(o, now),
    write: (o) => rules.readMessage(o, 'Hi'),
    read: (o, now) => passWorkspaceTime(o, now),
  } satisfies Record<string, (order: Order, now: number) => unknown>;
  const names = Object.keys(ACTIONS) as (keyof typeof ACTIONS)[];
  const FINAL: readonly Status[] = ['completed', 'cancelled'];

  test('the rules hold', () => {
    const step = fc.record({
      action: fc.constantFrom(...names),
      waitMs: fc.integer({ min: 0, max: 20 * MINUTE_MS }),
    });
    const prices = fc.constantFrom<Service['priceType']>('fixed', 'quote', 'weekly', 'monthly');
    fc.assert(
      fc.property(prices, fc.array(step, { maxLength: 40 }), (priceType, steps) => {
        const subject = order(priceType);
        let now = NOW;
        for (const { action, waitMs } of steps) {
          now += waitMs;
          const before = structuredClone(subject);
          const refusal = refusalOf(() => ACTIONS[action](subject, now));
          if (refusal !== null) expect(subject).toEqual(before);
          checkStep(before, subject, action);
        }
        expect(subject.states.map(({ at }) => at)).toEqual(
          subject.states.map(({ at }) => at).toSorted((one, other) => one - other),
        );
      }),
      { numRuns: 300 },
    );
  });

  function checkStep(before: Order, after: Order, action: string): void {
    expect(STATUSES).toContain(after.status);
    expect(after.states.at(-1)?.status).toBe(after.status);
    if (FINAL.includes(before.status)) expect(after).toEqual(before);
    const asked = action === 'revision' && before.status === 'delivered' ? 1 : 0;
    expect(after.revisionCount).toBe(before.revisionCount + asked);
    expect(after.deliverables.length).toBeGreaterThanOrEqual(before.deliverables.length);
    const superseded = (rows: Order['deliverables']) => rows.filter((row) => row.status === 'superseded');
    if (action === 'deliver' && before.status === 'delivered') {
      expect(superseded(after.deliverables)).toHaveLength(before.deliverables.length);
    } else {
      expect(superseded(after.deliverables)).toHaveLength(superseded(before.deliverables).length);
    }
    const isWithoutWork = after.workspaceExpiresAt !== null && after.deliverables.length === 0;
    if (['delivered', 'completed'].includes(after.status) && !isWithoutWork) {
      expect(after.primary?.status).toBe('completed');
    }
  }
});
