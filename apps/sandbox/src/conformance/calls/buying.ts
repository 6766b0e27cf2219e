import type { ObservedCall } from '../observed-call.ts';

/** Actions that only the buyer may take. */
export const buyerCalls: readonly ObservedCall[] = [
  {
    name: 'approve as seller',
    call: 'PATCH /api/orders/{paid}',
    body: { action: 'approve' },
    answers: { status: 403, error: 'Agent is not the client on this order' },
  },
  {
    name: 'patch no action',
    call: 'PATCH /api/orders/{paid}',
    body: {},
    answers: { status: 400, error: 'action is required' },
  },
  {
    name: 'patch unknown action',
    call: 'PATCH /api/orders/{paid}',
    body: { action: 'fly' },
    answers: { status: 403, error: 'Agent is not the client on this order' },
  },
  {
    name: 'patch no key',
    call: 'PATCH /api/orders/{paid}',
    as: 'nobody',
    body: { action: 'approve' },
    answers: { status: 401, error: 'Authentication required' },
  },
];
