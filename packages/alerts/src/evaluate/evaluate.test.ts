import { slack } from '@fulfillment/handlers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Condition } from '../conditions/condition.ts';
import type { Route } from './accepts.ts';
import type { Alert } from './alert.ts';
import { type Context, evaluate, type OutgoingMessage } from './evaluate.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 26, 12);
const channel = slack({ webhookUrl: 'https://hooks.example/secret' });
const route = (name: string, more: Partial<Route> = {}): Route => ({
  name,
  channel,
  severity: 'info',
  onlyEscalated: false,
  ...more,
});
const rules = (...routes: Route[]): Context => ({
  now: START,
  routes,
  groupMs: MINUTE,
  repeatMs: 240 * MINUTE,
  agentNames: new Map([['agt_1', 'studio']]),
  isMuted: () => false,
});
const failed = (order: number, more: Partial<Condition> = {}): Condition => ({
  key: `ord_${order}/failed`,
  kind: 'order_failed',
  alert: 'order_failed:Handler "painter" failed',
  title: 'Handler "painter" failed',
  agentId: 'agt_1',
  handler: 'painter',
  amountUsd: '20.00',
  dueAt: null,
  path: `/orders/agt_1/ord_${order}`,
  ...more,
});

/** Evaluates at each minute, and collects the messages. */
function watch(given: Context) {
  let alerts: Alert[] = [];
  let minute = 0;
  return {
    pass(minutes: number, ...conditions: Condition[]): OutgoingMessage[] {
      const sent: OutgoingMessage[] = [];
      for (let passed = 0; passed < minutes; passed += 1) {
        const result = evaluate(alerts, conditions, { ...given, now: START + minute * MINUTE });
        alerts = result.alerts;
        minute += 1;
        sent.push(...result.messages);
      }
      return sent;
    },
    acknowledge() {
      alerts = alerts.map((alert) => ({ ...alert, acknowledged: { by: 'ada', at: START } }));
    },
    alerts: () => alerts,
  };
}
const states = (messages: readonly OutgoingMessage[]) =>
  messages.map(({ channel: name, message }) => `${name} ${message.state}`);

describe('an alert', () => {
  test('of 500 orders is one message with their number and money', () => {
    const shop = watch(rules(route('team')));
    const sent = shop.pass(10, ...Array.from({ length: 500 }, (_, order) => failed(order)));
    expect(sent).toHaveLength(1);
    expect(sent[0]?.message).toMatchObject({ state: 'opened', count: 500, amountUsd: '10000.00' });
  });

  test('that heals within the group wait sends nothing', () => {
    const shop = watch(rules(route('team')));
    expect([...shop.pass(1, failed(1)), ...shop.pass(10)]).toEqual([]);
    expect(shop.alerts()).toEqual([]);
  });

  test('repeats every four hours, and ends with one message', () => {
    const shop = watch(rules(route('team')));
    expect(states(shop.pass(9 * 60, failed(1)))).toEqual(['team opened', 'team repeated', 'team repeated']);
    expect(states(shop.pass(60))).toEqual(['team resolved']);
  });

  test('that ends for less than half a minute goes on', () => {
    const given = rules(route('team'));
    const opened = evaluate([], [failed(1)], { ...given, now: START });
    const sent = evaluate(opened.alerts, [failed(1)], { ...given, now: START + MINUTE });
    const gone = evaluate(sent.alerts, [], { ...given, now: START + MINUTE + 10_000 });
    expect(gone.messages).toEqual([]);
    const back = evaluate(gone.alerts, [failed(1)], { ...given, now: START + MINUTE + 20_000 });
    expect([back.messages, back.alerts[0]?.openedAt]).toEqual([[], START]);
  });

  test('that grows by half is news, and a few more orders are not', () => {
    const shop = watch(rules(route('team')));
    const orders = (count: number) => Array.from({ length: count }, (_, order) => failed(order));
    expect(states(shop.pass(5, ...orders(10)))).toEqual(['team opened']);
    expect(states(shop.pass(5, ...orders(14)))).toEqual([]);
    expect(states(shop.pass(5, ...orders(15)))).toEqual(['team grown']);
    expect(states(shop.pass(5, failed(99)))).toEqual(['team grown']);
  });

  test('escalates once if nobody acknowledges it, also to a channel with only escalations', () => {
    const routes = [
      route('team', { escalate: { afterMinutes: 15, to: 'phone' } }),
      route('phone', { onlyEscalated: true }),
    ];
    const silent = watch(rules(...routes));
    expect(states(silent.pass(60, failed(1)))).toEqual(['team opened', 'phone escalated']);
    expect(states(silent.pass(5))).toEqual(['team resolved', 'phone resolved']);
    const answered = watch(rules(...routes));
    answered.pass(5, failed(1));
    answered.acknowledge();
    expect(states(answered.pass(600, failed(1)))).toEqual([]);
  });

  test('waits until the quiet hours end, unless it is critical', () => {
    const quietHours = { from: '12:00', to: '13:00', timeZone: 'UTC' };
    const shop = watch(rules(route('team', { quietHours })));
    const review = failed(1, { kind: 'review_waiting', alert: 'review_waiting' });
    expect(states(shop.pass(60, review))).toEqual([]);
    expect(states(shop.pass(5, review))).toEqual(['team opened']);
    expect(states(watch(rules(route('team', { quietHours }))).pass(5, failed(1)))).toEqual(['team opened']);
  });

  test('that ends in the quiet hours says so afterwards', () => {
    const quietHours = { from: '12:10', to: '13:00', timeZone: 'UTC' };
    const shop = watch(rules(route('team', { quietHours }), route('other')));
    const review = failed(1, { kind: 'review_waiting', alert: 'review_waiting' });
    expect(states(shop.pass(15, review))).toEqual(['team opened', 'other opened']);
    expect(states(shop.pass(30))).toEqual(['other resolved']);
    expect(states(shop.pass(30))).toEqual(['team resolved']);
  });

  test.each<[string, Partial<Route>, boolean]>([
    ['of the severity', { severity: 'critical' }, true],
    ['of the kind', { kinds: ['order_failed'] }, true],
    ['of another kind', { kinds: ['order_late'] }, false],
    ['of the agent', { agents: ['studio'] }, true],
    ['of another agent', { agents: ['other'] }, false],
    ['of the handler', { handlers: ['painter'] }, true],
    ['of another handler', { handlers: ['writer'] }, false],
  ])('goes to a channel %s: %o', (_name, more, goes) => {
    expect(watch(rules(route('team', more))).pass(5, failed(1))).toHaveLength(goes ? 1 : 0);
  });

  test('that is muted sends nothing, and is still open', () => {
    const shop = watch({ ...rules(route('team')), isMuted: ({ handlers }) => handlers.includes('painter') });
    expect(shop.pass(600, failed(1))).toEqual([]);
    expect(shop.alerts()).toMatchObject([{ isMuted: true, count: 1 }]);
  });
});

test('whatever happens: each channel gets an opening before anything else, one end, and no id twice', () => {
  const orders = fc.uniqueArray(fc.nat(6), { maxLength: 6 });
  const history = fc.array(fc.record({ orders, minutes: fc.integer({ min: 1, max: 300 }) }), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(history, (phases) => {
      const shop = watch(
        rules(
          route('team', { escalate: { afterMinutes: 15, to: 'phone' } }),
          route('phone', { onlyEscalated: true }),
        ),
      );
      const sent = phases.flatMap(({ orders: failing, minutes }) =>
        shop.pass(minutes, ...failing.map((order) => failed(order))),
      );
      sent.push(...shop.pass(5));
      const ids = sent.map(({ message }) => message.id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const name of ['team', 'phone']) {
        const own = sent.filter(({ channel: to }) => to === name).map(({ message }) => message.state);
        let isOpen = false;
        for (const state of own) {
          const opens = state === 'opened' || (name === 'phone' && state === 'escalated');
          expect(isOpen).toBe(!opens);
          isOpen = state !== 'resolved';
        }
        expect(isOpen).toBe(false);
      }
      expect(shop.alerts()).toEqual([]);
    }),
    { numRuns: 50 },
  );
});
