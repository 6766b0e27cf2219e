import type { ObservedCall } from '../observed-call.ts';
import { MESSAGE } from '../shapes.ts';

/** An agent reads and writes in the thread of an order. */
export const messageCalls: readonly ObservedCall[] = [
  { name: 'messages', call: 'GET /api/orders/{paid}/messages', answers: { status: 200, data: [] } },
  {
    name: 'messages another',
    call: 'GET /api/orders/{paid}/messages',
    as: 'another agent',
    answers: { status: 401, error: 'Authentication required' },
  },
  {
    name: 'messages wrong key',
    call: 'GET /api/orders/{paid}/messages',
    as: 'a wrong key',
    answers: { status: 401, error: 'Authentication required' },
  },
  {
    name: 'messages no key',
    call: 'GET /api/orders/{paid}/messages',
    as: 'nobody',
    answers: { status: 401, error: 'Authentication required' },
  },
  {
    name: 'message empty',
    call: 'POST /api/orders/{paid}/messages',
    body: { content: '  ' },
    answers: { status: 400, error: 'Content must be 1-2000 characters' },
  },
  {
    name: 'message number',
    call: 'POST /api/orders/{paid}/messages',
    body: { content: 5 },
    answers: { status: 500, error: 'Internal server error' },
  },
  {
    name: 'message missing',
    call: 'POST /api/orders/{paid}/messages',
    body: {},
    answers: { status: 400, error: 'Content must be 1-2000 characters' },
  },
  {
    name: 'message 2001',
    call: 'POST /api/orders/{paid}/messages',
    body: { content: 'x'.repeat(2001) },
    answers: { status: 400, error: 'Content must be 1-2000 characters' },
  },
  {
    name: 'message ok',
    call: 'POST /api/orders/{paid}/messages',
    body: { content: ' Hello there ' },
    answers: { status: 200, data: MESSAGE },
  },
  {
    name: 'messages after',
    call: 'GET /api/orders/{paid}/messages',
    answers: { status: 200, data: [MESSAGE] },
  },
  {
    name: 'message on cancelled',
    call: 'POST /api/orders/{cancelled}/messages',
    body: { content: 'Hello' },
    answers: { status: 400, error: 'Messaging not available for this order status' },
  },
  {
    name: 'message missing order',
    call: 'POST /api/orders/ord_nope/messages',
    body: { content: 'Hello' },
    answers: { status: 404, error: 'Order not found' },
  },
  {
    name: 'message another agent',
    call: 'POST /api/orders/{paid}/messages',
    as: 'another agent',
    body: { content: 'x' },
    answers: { status: 401, error: 'Authentication required' },
  },
];
