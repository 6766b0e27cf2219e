import fc from 'fast-check';
import { expect, test } from 'vitest';
import { acknowledgement } from '../attention/answer-attention.ts';
import { factKey } from '../facts/facts.ts';
import { stepKey } from '../jobs/step-key.ts';
import { STATUSES_TAKING_MESSAGES } from '../order/order.ts';
import { MAX_REDELIVERIES, overwrittenOf } from '../order/overwritten.ts';
import { factOf, factsOf } from '../record/record.ts';
import { owedRound } from '../record/rounds.ts';
import { always, operatorClears, pasts, policies } from '../test-support/histories.ts';
import { ModelMarket } from '../test-support/model-market.ts';
import { ModelSystem } from '../test-support/model-system.ts';
import { deepFreeze, NOON, policyOf, recordOf, runs } from '../test-support/records.ts';
import { decide } from './decide.ts';

test('a decision never requests the same step twice', () => {
  always(({ decision }) => {
    const keys = decision.steps.map(stepKey);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

test('a step that has its fact is never requested again', () => {
  always(({ record, decision }) => {
    for (const step of decision.steps) {
      const { round } = step;
      const done = {
        price: () => factOf(record, 'priced'),
        quote: () => factOf(record, 'quoted'),
        generate: () => factOf(record, 'generated', round),
        publish: () => factsOf(record, 'published').find((fact) => fact.round === round),
        deliver: () => (overwrittenOf(record, round) ? undefined : factOf(record, 'delivered', round)),
        payout_retry: () => {
          const asked = factsOf(record, 'payout_retry_asked').length;
          return factsOf(record, 'payout_retry_answered').find(({ index }) => index === asked - 1);
        },
        send: () =>
          [...factsOf(record, 'message_sent'), ...factsOf(record, 'message_dropped')].find(
            (fact) => fact.round === round && step.name === 'send' && fact.kind === step.kind,
          ),
      }[step.name]();
      expect(done, stepKey(step)).toBeUndefined();
    }
  });
});

test('a step that failed for good or was declined is not requested until an operator retries it', () => {
  always(({ record, decision }) => {
    const refused = factsOf(record, 'refused').filter(({ step }) => step === 'price');
    const failed = [
      ...factsOf(record, 'failed').map((fact) => `${fact.stepKey}/${fact.attempt}`),
      ...refused.map(({ attempt }) => `price:0/${attempt}`),
    ];
    for (const step of decision.steps) expect(failed).not.toContain(`${stepKey(step)}/${step.attempt}`);
  });
});

test('a step is requested only in a status that accepts it', () => {
  always(({ record, decision }) => {
    const order = record.snapshot;
    for (const step of decision.steps) {
      const status = order?.status ?? 'unknown';
      if (step.name === 'price' || step.name === 'quote') expect(status).toBe('pending_quote');
      else if (step.name === 'payout_retry') expect(status).toBe('completed');
      else if (step.name !== 'send') expect(order && owedRound(order)).toBe(step.round);
      else expect(status === 'unknown' ? [] : STATUSES_TAKING_MESSAGES).toContain(status);
    }
  });
});

test('the marketplace never gets the same round twice, except a first delivery that it overwrote', () => {
  fc.assert(
    fc.property(pasts, ({ market, system }) => {
      system.runToRest();
      const later = market.deliveries.filter((round) => round !== '0');
      expect(new Set(later).size).toBe(later.length);
      expect(market.deliveries.length - later.length).toBeLessThanOrEqual(1 + market.overwrites);
      expect(factsOf(system.record, 'redelivered').length).toBeLessThanOrEqual(MAX_REDELIVERIES);
    }),
    runs(300),
  );
});

test('an overwritten delivery is repeated, or a human is asked', () => {
  fc.assert(
    fc.property(pasts, ({ market, system }) => {
      const { attention } = system.runToRest();
      if (market.overwrites === 0 || market.status !== 'paid') return;
      expect(attention.length).toBeGreaterThan(0);
    }),
    runs(300),
  );
});

test('an owed round is delivered, or waits for the buyer or a human who reads why and what to do', () => {
  fc.assert(
    fc.property(pasts, ({ market, system }) => {
      const owed = market.owes;
      const decision = system.runToRest();
      if (owed === null || market.deliveries.includes(owed)) return;
      expect(market.owes).toBe(owed);
      const isAsking = decision.stage === 'asking_buyer' && decision.readThread === owed;
      expect(isAsking || decision.attention.length > 0).toBe(true);
    }),
    runs(200),
  );
});

test('after any failure or hold that an operator resolves, the outstanding round is delivered exactly once', () => {
  fc.assert(
    fc.property(pasts, (past) => {
      const owed = past.market.owes;
      operatorClears(past);
      past.market.write('Make it green.');
      operatorClears(past);
      if (owed === null) return;
      const times = past.market.deliveries.filter((round) => round === owed).length;
      // If a dispute returns under the same number after a second delivery, a human settles it on
      // Atelier.
      expect(times).toBeGreaterThan(0);
      expect(times).toBeLessThanOrEqual(owed === '0' ? 1 + past.market.overwrites : 1);
    }),
    runs(200),
  );
});

test('every attention has a reason and an action', () => {
  always(({ decision }) => {
    for (const attention of decision.attention) {
      const { key, kind, title, reason, actions } = attention;
      expect(key).not.toBe('');
      expect(title).not.toBe('');
      expect(reason.length).toBeGreaterThan(kind === 'failed' ? 0 : 20);
      expect(reason.trim()).not.toBe('');
      expect(actions.length).toBeGreaterThan(0);
      if (actions.includes('retry')) expect(attention).toHaveProperty('stepKey');
      if (actions.includes('release')) expect(attention).toHaveProperty('round');
    }
  });
});

test('an acknowledgement closes the attention that it names, unless that demands a decision', () => {
  always(({ record, decision, policy, now }) => {
    for (const attention of decision.attention) {
      const noted = { ...acknowledgement(attention, 'operator'), at: now };
      const after = decide({ ...record, facts: [...record.facts, noted] }, policy, now);
      const isOpen = after.attention.some(({ key }) => key === attention.key);
      expect(isOpen).toBe(!attention.actions.includes('acknowledge'));
    }
  });
});

test('the same record, policy and time give the same decision, and the record is left as it was', () => {
  always(({ record, decision, policy, now }) => {
    const copy = deepFreeze(structuredClone(record));
    expect(decide(copy, deepFreeze(structuredClone(policy)), now)).toEqual(decision);
  });
});

test('an order is checked again until it is finished, and always later than now', () => {
  always(({ decision, now }) => {
    if (decision.lookAgainAt !== null) expect(decision.lookAgainAt).toBeGreaterThan(now);
    else {
      expect(['completed', 'cancelled']).toContain(decision.stage);
      expect(decision.attention).toEqual([]);
      expect(decision.steps).toEqual([]);
    }
  });
});

test('the facts of a decision are new, and appear once', () => {
  always(({ record, decision, policy, now }) => {
    const known = new Set(record.facts.map(factKey));
    for (const fact of decision.facts) expect(known.has(factKey(fact))).toBe(false);
    const added = decision.facts.map((fact) => ({ ...fact, at: now }));
    const after = decide({ ...record, facts: [...record.facts, ...added] }, policy, now);
    expect(after.facts).toEqual([]);
  });
});

test('a repeat of every webhook changes nothing except that the order is read', () => {
  fc.assert(
    fc.property(pasts, ({ market, system }) => {
      market.webhooks.forEach((_, index) => void system.hear(index));
      const once = system.reconcile();
      market.webhooks.toReversed().forEach((_, index) => void system.hear(index));
      const { lookAgainAt: _, ...again } = system.reconcile();
      expect(again).toEqual({ ...again, steps: once.steps, attention: once.attention, facts: [] });
    }),
    runs(200),
  );
});

test('an unknown status requests no step, whatever is in the record', () => {
  fc.assert(
    fc.property(pasts, policies, fc.string(), ({ system }, policy, status) => {
      const unknown = recordOf({ status: `?${status}` }, system.record.facts);
      const decision = decide(unknown, policy, system.now + NOON);
      expect(decision.steps).toEqual([]);
      const keys = decision.attention.map(({ key }) => key);
      expect(keys).toContain(`unknown_status:?${status}`);
      // A failed payout raises an attention in every status.
      expect(keys.filter((key) => key !== 'payout_failed_early')).toHaveLength(1);
    }),
    runs(200),
  );
});

test('the generated histories reach every status and stage', () => {
  const statuses = new Set<string>();
  const stages = new Set<string>();
  const { seed, numRuns } = { seed: 1, numRuns: 800 };
  for (const { market, system } of fc.sample(pasts, { seed, numRuns })) {
    statuses.add(market.status);
    for (const { decision } of system.moments) stages.add(decision.stage);
  }
  expect([...statuses].toSorted()).toEqual([
    'cancelled',
    'completed',
    'delivered',
    'disputed',
    'paid',
    'pending_quote',
    'quoted',
    'revision_requested',
  ]);
  expect([...stages].toSorted()).toEqual([
    'asking_buyer',
    'awaiting_payment',
    'awaiting_service',
    'cancelled',
    'completed',
    'delivering',
    'generating',
    'held',
    'in_review',
    'pricing',
    'publishing',
    'quoting',
    'unseen',
  ]);
});

test('an undisturbed order goes from price to payout in the expected order', () => {
  const market = new ModelMarket('pending_quote');
  const system = new ModelSystem(market, policyOf(), false);
  system.poll();
  system.runToRest();
  market.pay();
  system.hear(0);
  system.runToRest();
  market.approve(true);
  system.hear(1);
  system.runToRest();
  expect(system.record.facts.map((fact) => fact.type).filter((type) => type !== 'seen')).toEqual([
    'priced',
    'quoted',
    'heard',
    'generated',
    'published',
    'delivered',
    'message_intended',
    'message_sent',
    'heard',
    'completed',
  ]);
});
