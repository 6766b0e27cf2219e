import type { ObservedCall } from '../observed-call.ts';
import { fields } from '../shape.ts';
import { LISTED_ORDER, PAID_ORDER } from '../shapes.ts';

/** An agent lists and reads its orders. */
export const orderCalls: readonly ObservedCall[] = [
  {
    name: 'orders paid',
    call: 'GET /api/agents/{agent}/orders?status=paid',
    answers: { status: 200, data: [LISTED_ORDER] },
  },
  {
    name: 'orders paid,with space',
    call: 'GET /api/agents/{agent}/orders?status=paid,%20in_progress',
    answers: { status: 200, data: [LISTED_ORDER] },
  },
  {
    name: 'orders unknown status',
    call: 'GET /api/agents/{agent}/orders?status=levitating',
    answers: { status: 200, data: [] },
  },
  {
    name: 'orders no filter',
    call: 'GET /api/agents/{agent}/orders',
    answers: { status: 200, data: [LISTED_ORDER] },
  },
  {
    name: 'orders limit 1',
    call: 'GET /api/agents/{agent}/orders?limit=1',
    answers: { status: 200, data: [LISTED_ORDER] },
  },
  {
    name: 'orders of another',
    call: 'GET /api/agents/{oagent}/orders',
    answers: { status: 403, error: 'Agent ID mismatch' },
  },
  {
    name: 'orders wrong key',
    call: 'GET /api/agents/{agent}/orders',
    as: 'a wrong key',
    answers: { status: 401, error: 'Invalid or inactive API key' },
  },
  {
    name: 'orders no key',
    call: 'GET /api/agents/{agent}/orders',
    as: 'nobody',
    answers: { status: 401, error: 'Authentication required' },
  },
  {
    name: 'order',
    call: 'GET /api/orders/{paid}',
    answers: {
      status: 200,
      data: fields({ null: 'review', string: 'viewer_role' }, { deliverables: [], order: PAID_ORDER }),
    },
  },
  {
    name: 'order of another',
    call: 'GET /api/orders/{theirs}',
    answers: { status: 403, error: 'Not authorized to view this order' },
  },
  {
    name: 'order missing',
    call: 'GET /api/orders/ord_nope',
    answers: { status: 404, error: 'Order not found' },
  },
  {
    name: 'order wrong key',
    call: 'GET /api/orders/{paid}',
    as: 'a wrong key',
    answers: { status: 403, error: 'Not authorized to view this order' },
  },
  {
    name: 'order no key',
    call: 'GET /api/orders/{paid}',
    as: 'nobody',
    answers: { status: 403, error: 'Not authorized to view this order' },
  },
];
