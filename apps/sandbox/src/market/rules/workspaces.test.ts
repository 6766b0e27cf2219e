import { expect, test } from 'vitest';
import { newOrder } from '../new-order.ts';
import type { Order } from '../types.ts';
import { deliver, force, REVIEW_WINDOW_MS } from './order-rules.ts';
import { passWorkspaceTime } from './workspaces.ts';

const NOW = Date.UTC(2026, 0, 5, 12);
const MINUTE_MS = 60_000;
const LINK = { url: 'https://files.example/1', mediaType: 'link', previewUrl: null } as const;

function inProgress(more: Partial<Order> = {}): Order {
  const order = newOrder({ agentId: 'agt_1', service: null, kind: 'x402', brief: 'B' }, NOW);
  force(order, 'in_progress', NOW);
  return Object.assign(order, more);
}

test('an order in progress for over 10 minutes without a deliverable reads as paid', () => {
  const order = inProgress();
  passWorkspaceTime(order, NOW + 10 * MINUTE_MS);
  expect(order.status).toBe('in_progress');
  passWorkspaceTime(order, NOW + 10 * MINUTE_MS + 1);
  expect(order.status).toBe('paid');
});

test.each([
  ['a workspace', { workspaceExpiresAt: NOW + 60 * MINUTE_MS }],
  ['a quota', { quotaTotal: 5 }],
])('an order with %s does not become idle', (_what, more) => {
  const order = inProgress(more);
  passWorkspaceTime(order, NOW + 30 * MINUTE_MS);
  expect(order.status).toBe('in_progress');
});

test('an order with a deliverable does not become idle', () => {
  const order = inProgress();
  deliver(order, [LINK], NOW);
  force(order, 'in_progress', NOW);
  passWorkspaceTime(order, NOW + 60 * MINUTE_MS);
  expect(order.status).toBe('in_progress');
});

test('an expired workspace turns the order into delivered, without a deliverable', () => {
  const order = inProgress({ workspaceExpiresAt: NOW + MINUTE_MS });
  passWorkspaceTime(order, NOW + MINUTE_MS - 1);
  expect(order.status).toBe('in_progress');
  passWorkspaceTime(order, NOW + MINUTE_MS);
  expect(order).toMatchObject({
    status: 'delivered',
    deliverables: [],
    primary: null,
    reviewDeadline: NOW + MINUTE_MS + REVIEW_WINDOW_MS,
  });
});
