import { slack } from '@fulfillment/handlers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Condition } from '../conditions/condition.ts';
import type { Route } from './accepts.ts';
import type { Alert } from './alert.ts';
import { type Context, evaluate } from './evaluate.ts';
import type { OutgoingMessage } from './outgoing-message.ts';

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
    const shop = watch({ ...rules(route('team')), isMuted: ({ handler }) => handler === 'painter' });
    expect(shop.pass(600, failed(1))).toEqual([]);
    expect(shop.alerts()).toMatchObject([{ isMuted: true, count: 1 }]);
  });

  test('is silenced by a mute for its own orders only, and says that it is over after the mute', () => {
    let muted = true;
    const isMuted: Context['isMuted'] = ({ agentId }) => muted && agentId === 'agt_test';
    const shop = watch({ ...rules(route('team')), isMuted });
    const quiet = failed(1, { agentId: 'agt_test', amountUsd: '7.00' });
    expect(shop.pass(5, quiet)).toEqual([]);
    const sent = shop.pass(5, quiet, failed(2));
    expect(sent.map(({ message }) => message)).toMatchObject([
      { state: 'opened', count: 1, amountUsd: '20.00' },
    ]);
    expect(shop.alerts()).toMatchObject([{ isMuted: false, count: 2 }]);
    muted = false;
    expect(states(shop.pass(5, quiet))).toEqual(['team grown']);
    muted = true;
    expect(states(shop.pass(60))).toEqual([]);
    muted = false;
    expect(states(shop.pass(5))).toEqual(['team resolved']);
  });

  test('tells a channel with a filter of its own orders only, and ends with them', () => {
    const shop = watch(rules(route('studio', { agents: ['studio'] }), route('all')));
    const other = failed(2, { agentId: 'agt_2' });
    const sent = shop.pass(5, failed(1), other).map(({ channel: to, message }) => [to, message.count]);
    expect(sent).toEqual([
      ['studio', 1],
      ['all', 2],
    ]);
    const ended = shop.pass(5, other);
    expect(states(ended)).toEqual(['studio resolved']);
    expect(ended[0]?.message).toMatchObject({ count: 1, amountUsd: '20.00' });
  });

  test('that is critical reports each new order, but at most every 15 minutes', () => {
    const shop = watch(rules(route('team')));
    const orders = (count: number) => Array.from({ length: count }, (_, order) => failed(order));
    expect(states(shop.pass(5, ...orders(10)))).toEqual(['team opened']);
    expect(states(shop.pass(9, ...orders(11)))).toEqual([]);
    expect(states(shop.pass(5, ...orders(12)))).toEqual(['team grown']);
    shop.acknowledge();
    expect(states(shop.pass(20, ...orders(13)))).toEqual(['team grown']);
  });

  test('escalates to a channel in its quiet hours only afterwards, unless it is critical', () => {
    const quietHours = { from: '12:00', to: '13:00', timeZone: 'UTC' };
    const routes = [
      route('team', { escalate: { afterMinutes: 15, to: 'phone' } }),
      route('phone', { onlyEscalated: true, quietHours }),
    ];
    const review = failed(1, { kind: 'review_waiting', alert: 'review_waiting' });
    const shop = watch(rules(...routes));
    expect(states(shop.pass(60, review))).toEqual(['team opened']);
    expect(states(shop.pass(5, review))).toEqual(['phone escalated']);
    expect(states(watch(rules(...routes)).pass(30, failed(1)))).toEqual(['team opened', 'phone escalated']);
  });

  test('that returns while a channel does not know its end is a new one for the others', () => {
    const quietHours = { from: '12:10', to: '18:00', timeZone: 'UTC' };
    const shop = watch(rules(route('team', { quietHours }), route('other')));
    const review = failed(1, { kind: 'review_waiting', alert: 'review_waiting' });
    const first = shop.pass(15, review);
    shop.acknowledge();
    shop.pass(30);
    const second = shop.pass(5, review);
    expect(states(second)).toEqual(['other opened']);
    expect(first.map(({ message }) => message.id)).not.toContain(second[0]?.message.id);
    expect(shop.alerts()).toMatchObject([{ acknowledged: null, openedAt: START + 45 * MINUTE }]);
  });
});

test('whatever happens: each channel gets an opening before anything else, one end, and no id twice', () => {
  const orders = fc.uniqueArray(fc.nat(7), { maxLength: 7 });
  const history = fc.array(
    fc.record({ orders, minutes: fc.integer({ min: 1, max: 300 }), isAcknowledged: fc.boolean() }),
    { maxLength: 8 },
  );
  const quietHours = { from: '14:00', to: '17:00', timeZone: 'UTC' };
  const kindOf = (order: number): Partial<Condition> =>
    order % 2 === 0 ? {} : { kind: 'review_waiting', alert: 'review_waiting' };
  fc.assert(
    fc.property(history, fc.nat(7), (phases, mutedOrder) => {
      const routes = [
        route('team', { escalate: { afterMinutes: 15, to: 'phone' } }),
        route('phone', { onlyEscalated: true, quietHours }),
        route('night', { quietHours }),
        route('painter', { handlers: ['painter'] }),
      ];
      let isMuted = mutedOrder > 3;
      const shop = watch({ ...rules(...routes), isMuted: ({ handler }) => isMuted && handler === 'writer' });
      const sent = phases.flatMap(({ orders: failing, minutes, isAcknowledged }) => {
        if (isAcknowledged) shop.acknowledge();
        const conditions = failing.map((order) =>
          failed(order, { ...kindOf(order), handler: order < 3 ? 'writer' : 'painter' }),
        );
        return shop.pass(minutes, ...conditions);
      });
      isMuted = false;
      sent.push(...shop.pass(24 * 60));
      const ids = sent.map(({ message }) => message.id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const own of Map.groupBy(sent, ({ channel: to, message }) => `${to} ${message.alert}`).values()) {
        let isOpen = false;
        for (const { channel: to, message } of own) {
          const { state } = message;
          // An alert that returns before the phone has heard of its end escalates again.
          if (!isOpen) expect(state).toBe(to === 'phone' ? 'escalated' : 'opened');
          else expect(state).not.toBe('opened');
          isOpen = state !== 'resolved';
        }
        expect(isOpen).toBe(false);
      }
      expect(shop.alerts()).toEqual([]);
    }),
    { numRuns: 50 },
  );
});
