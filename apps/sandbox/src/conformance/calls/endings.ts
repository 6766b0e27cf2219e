import type { ObservedCall } from '../observed-call.ts';
import { DELETED_SERVICE, OWN_SERVICE } from '../shapes.ts';

/** Payout retry, paths and methods that do not exist, and the end of a service. */
export const endingCalls: readonly ObservedCall[] = [
  {
    name: 'payout retry',
    call: 'POST /api/orders/{paid}/request-payout-retry',
    answers: { status: 400, error: "Order is in status 'delivered', expected 'completed'" },
  },
  { name: 'unknown route', call: 'GET /api/nothing', answers: { status: 404, type: 'text/html' } },
  { name: 'PUT order', call: 'PUT /api/orders/{paid}', body: {}, answers: { status: 405, type: null } },
  {
    name: 'service delete',
    call: 'DELETE /api/services/{svc}',
    answers: { status: 200, data: DELETED_SERVICE },
  },
  {
    name: 'service get deleted',
    call: 'GET /api/services/{svc}',
    answers: { status: 200, data: OWN_SERVICE },
  },
];
