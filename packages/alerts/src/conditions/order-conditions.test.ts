import type { OrderSummary } from '@fulfillment/platform';
import { raise } from '@fulfillment/shared';
import { expect, test } from 'vitest';
import { orderConditions } from './order-conditions.ts';

const NOW = Date.UTC(2026, 10, 26, 12);
const MINUTE = 60_000;
const REVIEW = raise({
  kind: 'review',
  cause: 'review',
  round: '0',
  draft: 0,
  handler: 'painter',
  reviewReason: null,
  isUrgent: false,
  minutesToDue: 60,
  minutesToDelivery: null,
});
const LATE = raise({
  kind: 'delay',
  cause: 'late',
  stepKey: 'deliver:0',
  attempt: 0,
  isOutcomeUnknown: false,
});
const FAILED = raise({
  kind: 'failed',
  cause: 'failed',
  stepKey: 'generate:0',
  attempt: 0,
  handler: 'painter',
  detail: 'no ink',
});

const waiting = (order: number, more: Partial<OrderSummary>): OrderSummary => ({
  agentId: 'agt_1',
  orderId: `ord_${order}`,
  stage: 'in_review',
  round: '0',
  status: 'paid',
  service: null,
  client: null,
  priceUsd: '20.00',
  createdAt: NOW,
  dueAt: null,
  attention: [REVIEW],
  handler: 'painter',
  unread: 0,
  jobs: [],
  ...more,
});
const kindsOf = (...orders: OrderSummary[]) =>
  orderConditions(orders, NOW, new Map()).map(({ kind }) => kind);

test.each([
  ['without a due time', { dueAt: null }, ['review_waiting']],
  ['due in two hours', { dueAt: NOW + 120 * MINUTE }, ['review_waiting']],
  ['due in an hour', { dueAt: NOW + 60 * MINUTE }, ['review_waiting', 'order_due_soon']],
  ['that is late', { dueAt: NOW - MINUTE }, ['review_waiting', 'order_late']],
  ['that is late for another reason', { dueAt: NOW - MINUTE, attention: [LATE] }, ['order_late']],
  ['that needs nobody', { dueAt: NOW - MINUTE, attention: [] }, []],
])('an order %s', (_name, more, kinds) => {
  expect(kindsOf(waiting(1, more))).toEqual(kinds);
});

test('five failed orders of a handler are also conditions of the handler, with agent and money', () => {
  const orders = [1, 2, 3, 4, 5].map((order) => waiting(order, { attention: [FAILED] }));
  expect(kindsOf(...orders.slice(1))).not.toContain('handler_failing');
  const found = orderConditions(orders, NOW, new Map()).filter(({ kind }) => kind === 'handler_failing');
  expect(found).toHaveLength(5);
  expect(found[0]).toMatchObject({ agentId: 'agt_1', handler: 'painter', amountUsd: '20.00' });
  expect(new Set(found.map(({ alert }) => alert)).size).toBe(1);
});

test.each([
  ['five of ten tries failed', { done: 5, failed: 5 }, 1],
  ['all of five tries failed', { done: 0, failed: 5 }, 1],
  ['all of four tries failed', { done: 0, failed: 4 }, 0],
  ['few of many tries failed', { done: 11, failed: 9 }, 0],
])('a handler without failed orders is a condition if enough tries failed: %s', (_name, of, count) => {
  const found = orderConditions([], NOW, new Map([['painter', of]]));
  expect(found).toHaveLength(count);
  for (const condition of found)
    expect(condition).toMatchObject({
      alert: 'handler_failing:painter',
      handler: 'painter',
      path: '/services',
    });
});

test('a handler with failed orders has no further condition for its tries', () => {
  const orders = [1, 2, 3, 4, 5].map((order) => waiting(order, { attention: [FAILED] }));
  const conditions = orderConditions(orders, NOW, new Map([['painter', { done: 0, failed: 15 }]]));
  expect(conditions.filter(({ kind }) => kind === 'handler_failing')).toHaveLength(5);
});
