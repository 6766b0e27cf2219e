import { describe, expect, test } from 'vitest';
import {
  inStatus,
  DELIVERED_LINK as LINK,
  MINUTE_MS,
  NOW,
  order,
  refusalOf,
  service,
} from '../../test-support/rule-orders.ts';
import { type Order, STATUSES, type Status } from '../types.ts';
import * as rules from './order-rules.ts';

const allowedIn = (act: (order: Order) => unknown) =>
  STATUSES.filter((status) => refusalOf(() => act(inStatus(status))) === null);

describe('an order begins', () => {
  test('quoted at the listed price, or pending a quote without a price', () => {
    expect(order('fixed')).toMatchObject({ status: 'quoted', priceUsd: '20.00' });
    expect(order('weekly')).toMatchObject({ status: 'quoted', priceUsd: '20.00' });
    expect(order('quote')).toMatchObject({ status: 'pending_quote', priceUsd: null });
  });

  test('paid after an instant hire', () => {
    expect(order('quote', { kind: 'x402' }).status).toBe('paid');
  });

  test('paid and without a service after a won bounty', () => {
    const bounty = {
      id: 'bty_1',
      title: 'Jingle',
      brief: 'B',
      category: 'custom',
      orderId: null,
      budgetUsd: '70.00',
      deadlineHours: 24,
      status: 'open',
      claims: [],
      createdAt: NOW,
    } as const;
    expect(order('fixed', { kind: 'bounty', bounty: { ...bounty, claims: [] } })).toMatchObject({
      status: 'paid',
      serviceId: null,
      bountyId: 'bty_1',
      priceUsd: '70.00',
    });
  });
});

describe('paying', () => {
  test('turns a fixed order into paid', () => {
    const fixed = order();
    rules.pay(fixed, NOW);
    expect(fixed).toMatchObject({ status: 'paid', workspaceExpiresAt: null });
  });

  test.each([
    ['weekly', 'weekly', 0, 7],
    ['monthly', 'monthly', 0, 30],
    ['fixed with a quota', 'fixed', 5, 1],
    ['weekly with a quota', 'weekly', 5, 7],
  ] as const)('opens the workspace of a service that is %s', (_what, priceType, quota, days) => {
    const workspace = order(priceType, { service: service(priceType, quota) });
    rules.pay(workspace, NOW);
    expect(workspace.status).toBe('in_progress');
    expect(workspace.workspaceExpiresAt).toBe(NOW + days * 24 * 60 * MINUTE_MS);
  });
});

describe('the actions that each status allows', () => {
  test.each<[string, (order: Order) => unknown, Status[]]>([
    ['quote', (o) => rules.quote(o, '5.00', NOW), ['pending_quote']],
    ['pay', (o) => rules.pay(o, NOW), ['quoted', 'accepted']],
    [
      'deliver',
      (o) => rules.deliver(o, [LINK], NOW),
      ['paid', 'in_progress', 'delivered', 'revision_requested', 'disputed'],
    ],
    ['approve', (o) => rules.approve(o, NOW, 'buyer'), ['delivered']],
    ['request a revision', (o) => rules.requestRevision(o, 'F', NOW), ['delivered']],
    ['dispute', (o) => rules.dispute(o, 'R', NOW), ['delivered']],
    ['cancel', (o) => rules.cancel(o, NOW), ['pending_quote', 'quoted', 'accepted', 'paid']],
    [
      'write',
      (o) => rules.readMessage(o, 'Hi'),
      ['paid', 'in_progress', 'delivered', 'revision_requested', 'completed', 'disputed'],
    ],
  ])('to %s', (_what, act, statuses) => {
    expect(allowedIn(act)).toEqual(statuses);
  });

  test('a rejection has the text of the marketplace', () => {
    expect(refusalOf(() => rules.quote(inStatus('quoted'), '5.00', NOW))).toBe(
      '400 Cannot quote order with status "quoted". Must be "pending_quote".',
    );
    expect(refusalOf(() => rules.deliver(inStatus('cancelled'), [LINK], NOW))).toMatch(
      /^400 Cannot deliver order with status "cancelled"\. Must be one of: paid, in_progress, disputed, revision_requested, delivered\.$/,
    );
    expect(refusalOf(() => rules.readMessage(inStatus('quoted'), 'Hi'))).toBe(
      '400 Messaging not available for this order status',
    );
  });
});

describe('a price', () => {
  test.each([
    ['45.00', '45.00'],
    ['1,500', '1.00'],
    ['0.004', '0.00'],
    ['1000000', '1000000.00'],
  ])('of %j is read as %s', (price, taken) => {
    const pending = order('quote');
    rules.quote(pending, price, NOW);
    expect(pending).toMatchObject({ status: 'quoted', priceUsd: taken });
  });

  test.each(['0', '-1', 'free', '', '1000000.01', 45, null, undefined])('of %j is rejected', (price) => {
    const pending = order('quote');
    expect(refusalOf(() => rules.quote(pending, price, NOW))).toMatch(/^400 price_usd/);
    expect(pending.status).toBe('pending_quote');
  });
});

describe('delivering again', () => {
  const statuses = (o: Order) => o.deliverables.map((row) => row.status);

  test('over delivered supersedes the older set and keeps the review deadline', () => {
    const sold = inStatus('paid');
    rules.deliver(sold, [LINK, LINK], NOW);
    rules.deliver(sold, [LINK], NOW + MINUTE_MS);
    expect(statuses(sold)).toEqual(['superseded', 'superseded', 'completed']);
    expect(sold.reviewDeadline).toBe(NOW + rules.REVIEW_WINDOW_MS);
  });

  test('over delivered leaves the buyer at least 24 hours', () => {
    const sold = inStatus('paid');
    rules.deliver(sold, [LINK], NOW);
    const late = NOW + rules.REVIEW_WINDOW_MS - MINUTE_MS;
    rules.deliver(sold, [LINK], late);
    expect(sold.reviewDeadline).toBe(late + 24 * 60 * MINUTE_MS);
  });

  test.each(['revision_requested', 'disputed'] as const)('over %s adds to the older set', (status) => {
    const sold = inStatus('paid');
    rules.deliver(sold, [LINK], NOW);
    rules.force(sold, status, NOW);
    const newer = { url: 'https://files.example/2', mediaType: 'image', previewUrl: null } as const;
    rules.deliver(sold, [newer], NOW);
    expect(statuses(sold)).toEqual(['completed', 'completed']);
    expect(sold.primary).toMatchObject(newer);
  });
});

describe('a message', () => {
  test.each([
    [' Hi ', 'Hi'],
    ['x'.repeat(2000), 'x'.repeat(2000)],
    [` ${'x'.repeat(2000)} `, 'x'.repeat(2000)],
  ])('is trimmed and counted', (content, text) => {
    expect(rules.readMessage(inStatus('paid'), content)).toBe(text);
  });

  test.each(['', '   ', 'x'.repeat(2001), '😀'.repeat(1001), null])('%j is rejected', (content) => {
    expect(() => rules.readMessage(inStatus('paid'), content)).toThrow('Content must be 1-2000 characters');
  });

  test('that is not a string fails as on the marketplace', () => {
    expect(refusalOf(() => rules.readMessage(inStatus('paid'), 7))).toBe('500 Internal server error');
  });
});

describe('time', () => {
  test('ends a review after 48 hours', () => {
    const sold = inStatus('paid');
    rules.deliver(sold, [LINK], NOW);
    expect(rules.isReviewOver(sold, NOW + rules.REVIEW_WINDOW_MS - 1)).toBe(false);
    expect(rules.isReviewOver(sold, NOW + rules.REVIEW_WINDOW_MS)).toBe(true);
  });
});
