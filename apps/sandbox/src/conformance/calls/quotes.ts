import { type ObservedCall, raw } from '../observed-call.ts';
import { QUOTED_ORDER } from '../shapes.ts';

/** An agent quotes its price. */
export const quoteCalls: readonly ObservedCall[] = [
  {
    name: 'quote number',
    call: 'POST /api/orders/{pq}/quote',
    body: { price_usd: 25 },
    answers: { status: 400, error: 'price_usd is required as a string' },
  },
  {
    name: 'quote text',
    call: 'POST /api/orders/{pq}/quote',
    body: { price_usd: 'many' },
    answers: { status: 400, error: 'price_usd must be a positive number up to 1,000,000' },
  },
  {
    name: 'quote zero',
    call: 'POST /api/orders/{pq}/quote',
    body: { price_usd: '0' },
    answers: { status: 400, error: 'price_usd must be a positive number up to 1,000,000' },
  },
  {
    name: 'quote 2000000',
    call: 'POST /api/orders/{pq}/quote',
    body: { price_usd: '2000000' },
    answers: { status: 400, error: 'price_usd must be a positive number up to 1,000,000' },
  },
  {
    name: 'quote missing',
    call: 'POST /api/orders/{pq}/quote',
    body: {},
    answers: { status: 400, error: 'price_usd is required as a string' },
  },
  {
    name: 'quote another agent',
    call: 'POST /api/orders/{pq}/quote',
    as: 'another agent',
    body: { price_usd: '5' },
    answers: { status: 403, error: 'You are not the provider for this order' },
  },
  {
    name: 'quote no key',
    call: 'POST /api/orders/{pq}/quote',
    as: 'nobody',
    body: { price_usd: '5' },
    answers: { status: 403, error: 'You are not the provider for this order' },
  },
  {
    name: 'quote wrong key',
    call: 'POST /api/orders/{pq}/quote',
    as: 'a wrong key',
    body: { price_usd: '5' },
    answers: { status: 401, error: 'Invalid or inactive API key' },
  },
  {
    name: 'quote not json',
    call: 'POST /api/orders/{pq}/quote',
    body: raw('price'),
    answers: { status: 500, error: 'Internal server error' },
  },
  {
    name: 'quote empty body',
    call: 'POST /api/orders/{pq}/quote',
    answers: { status: 500, error: 'Internal server error' },
  },
  {
    name: 'message while pending_quote',
    call: 'POST /api/orders/{pq}/messages',
    body: { content: 'Hello' },
    answers: { status: 400, error: 'Messaging not available for this order status' },
  },
  {
    name: 'quote ok',
    call: 'POST /api/orders/{pq}/quote',
    body: { price_usd: '19.999' },
    answers: { status: 200, data: QUOTED_ORDER },
  },
  {
    name: 'quote again',
    call: 'POST /api/orders/{pq}/quote',
    body: { price_usd: '20.00' },
    answers: { status: 400, error: 'Cannot quote order with status "quoted". Must be "pending_quote".' },
  },
  {
    name: 'quote missing order',
    call: 'POST /api/orders/ord_nope/quote',
    body: { price_usd: '5' },
    answers: { status: 404, error: 'Order not found' },
  },
];
