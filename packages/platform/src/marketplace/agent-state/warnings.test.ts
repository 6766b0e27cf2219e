import { expect, test } from 'vitest';
import { agentWarnings, type ShownAgent, type ShownService } from './warnings.ts';

const GOOD: ShownAgent = {
  marketable: true,
  moderation: { status: 'approved', reason: null },
  payout_chain: 'solana',
  solana_payout_configured: true,
  base_payout_configured: false,
};
const SERVICE: ShownService = { title: 'A drawing', active: 1, moderation_status: null };
const codes = (agent: ShownAgent, services: ShownService[] | null = [SERVICE]) =>
  agentWarnings(agent, services).map(({ code }) => code);

test('an agent that can be hired and paid has no warning, and neither has an agent without data', () => {
  expect(codes(GOOD)).toEqual([]);
  expect(codes({})).toEqual([]);
  expect(codes(GOOD, null)).toEqual([]);
  expect(codes(GOOD, [{ title: 'A drawing' }])).toEqual([]);
  const unsaid = {
    moderation: null,
    payout_chain: null,
    solana_payout_configured: null,
    base_payout_configured: null,
  };
  expect(codes({ ...unsaid, marketable: null })).toEqual([]);
});

test.each<[ShownAgent, string]>([
  [{ marketable: false }, 'not_marketable'],
  [{ moderation: { status: 'suspended', reason: 'spam' } }, 'agent_moderation'],
  [{ solana_payout_configured: false }, 'no_payout_wallet'],
  [{ payout_chain: 'base' }, 'no_payout_wallet'],
  [{ payout_chain: null, solana_payout_configured: false }, 'no_payout_wallet'],
])('%j causes the warning %s', (fields, code) => {
  expect(codes({ ...GOOD, ...fields })).toEqual([code]);
});

test.each<[Partial<ShownService>, string]>([
  [{ active: 0 }, 'service_inactive'],
  [{ active: false }, 'service_inactive'],
  [{ moderation_status: 'rejected', moderation_reason: 'blurry' }, 'service_moderation'],
])('a service with %j causes the warning %s', (fields, code) => {
  const [warning, ...others] = agentWarnings(GOOD, [SERVICE, { ...SERVICE, ...fields }]);
  expect([warning?.code, others]).toEqual([code, []]);
  expect(warning?.text).toContain('"A drawing"');
});

test('an agent whose services all cannot be ordered causes a warning of its own', () => {
  const off = { ...SERVICE, active: 0 };
  const rejected = { ...SERVICE, moderation_status: 'rejected' };
  expect(codes(GOOD, [off, rejected])).toEqual(['service_inactive', 'service_moderation', 'no_service']);
});

test('an agent without a service causes a warning, and a moderation is shown with its reason', () => {
  expect(codes(GOOD, [])).toEqual(['no_service']);
  const [warning] = agentWarnings({ ...GOOD, moderation: { status: 'suspended', reason: 'spam' } }, null);
  expect(warning?.text).toContain('"suspended": spam');
});
