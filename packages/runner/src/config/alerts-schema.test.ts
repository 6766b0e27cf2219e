import { slack } from '@fulfillment/handlers';
import { describe, expect, test } from 'vitest';
import { alertsSchema } from './alerts-schema.ts';

const channel = slack({ webhookUrl: 'https://hooks.example/x' });
const problemOf = (...channels: object[]) => alertsSchema.safeParse({ channels }).error?.issues[0]?.message;

test('a channel gets the defaults', () => {
  expect(alertsSchema.parse({ channels: [{ name: 'team', channel }] })).toMatchObject({
    channels: [{ name: 'team', severity: 'warning', onlyEscalated: false }],
    groupSeconds: 60,
    repeatHours: 4,
  });
});

test.each<[string, object, string]>([
  ['an unknown kind', { kinds: ['order_lat'] }, 'Did you mean "order_late"?'],
  ['an escalation to nowhere', { escalate: { afterMinutes: 5, to: 'phone' } }, 'must name another channel'],
  ['an escalation to itself', { escalate: { afterMinutes: 5, to: 'team' } }, 'must name another channel'],
  ['an unknown zone', { quietHours: { from: '22:00', to: '07:00', timeZone: 'Mars' } }, 'not a time zone'],
  ['a wrong time', { quietHours: { from: '24:00', to: '07:00', timeZone: 'UTC' } }, 'must be a time'],
  ['no channel', { channel: {} }, 'must be slack(…)'],
  ['an absent token', { channel: slack({ webhookUrl: '' }) }, 'slack has no webhookUrl: is its environment'],
])('%s is rejected', (_what, fields, text) => {
  expect(problemOf({ name: 'team', channel, ...fields })).toContain(text);
});

test('two channels of one name are rejected', () => {
  expect(problemOf({ name: 'team', channel }, { name: 'team', channel })).toContain('repeats "team"');
});

describe('a channel that would never get an alert is rejected', () => {
  const escalate = (to: string) => ({ escalate: { afterMinutes: 15, to } });
  const never = (name: string) => `"${name}" would never get an alert`;

  test('if no channel escalates to it', () => {
    const phone = { name: 'phone', channel, onlyEscalated: true };
    expect(problemOf({ name: 'team', channel }, phone)).toContain(never('phone'));
    expect(problemOf({ name: 'team', channel, ...escalate('phone') }, phone)).toBeUndefined();
  });

  test('if all channels wait for an escalation', () => {
    const team = { name: 'team', channel, onlyEscalated: true, ...escalate('phone') };
    const phone = { name: 'phone', channel, onlyEscalated: true, ...escalate('team') };
    expect(problemOf(team, phone)).toContain(never('team'));
  });
});
