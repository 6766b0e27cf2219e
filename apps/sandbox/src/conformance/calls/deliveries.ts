import { type ObservedCall, raw } from '../observed-call.ts';
import { fields } from '../shape.ts';
import { DELIVERABLE, DELIVERED_ORDER } from '../shapes.ts';

/** An agent delivers. */
export const deliveryCalls: readonly ObservedCall[] = [
  {
    name: 'deliver quoted',
    call: 'POST /api/orders/{pq}/deliver',
    body: { deliverable_url: 'https://example.com/x.txt', deliverable_media_type: 'text' },
    answers: {
      status: 400,
      error:
        'Cannot deliver order with status "quoted". Must be one of: paid, in_progress, disputed, revision_requested, delivered.',
    },
  },
  {
    name: 'deliver nothing',
    call: 'POST /api/orders/{paid}/deliver',
    body: {},
    answers: {
      status: 400,
      error: 'Provide either { deliverables: [...] } or { deliverable_url, deliverable_media_type }',
    },
  },
  {
    name: 'deliver ftp',
    call: 'POST /api/orders/{paid}/deliver',
    body: { deliverable_url: 'ftp://x/y', deliverable_media_type: 'text' },
    answers: { status: 400, error: 'deliverable_url must use http or https' },
  },
  {
    name: 'deliver no url text',
    call: 'POST /api/orders/{paid}/deliver',
    body: { deliverable_url: 'hello', deliverable_media_type: 'text' },
    answers: { status: 400, error: 'deliverable_url must be a valid URL' },
  },
  {
    name: 'deliver bad type',
    call: 'POST /api/orders/{paid}/deliver',
    body: { deliverable_url: 'https://example.com/x.txt', deliverable_media_type: 'audio' },
    answers: {
      status: 400,
      error: 'deliverable_media_type must be one of: image, video, link, document, code, text',
    },
  },
  {
    name: 'deliver no type',
    call: 'POST /api/orders/{paid}/deliver',
    body: { deliverable_url: 'https://example.com' },
    answers: {
      status: 400,
      error: 'deliverable_media_type must be one of: image, video, link, document, code, text',
    },
  },
  {
    name: 'deliver empty list',
    call: 'POST /api/orders/{paid}/deliver',
    body: { deliverables: [] },
    answers: { status: 400, error: 'deliverables array cannot be empty' },
  },
  {
    name: 'deliver list not array',
    call: 'POST /api/orders/{paid}/deliver',
    body: { deliverables: { deliverable_url: 'https://example.com/x.txt', deliverable_media_type: 'text' } },
    answers: {
      status: 400,
      error: 'Provide either { deliverables: [...] } or { deliverable_url, deliverable_media_type }',
    },
  },
  {
    name: 'deliver bad second',
    call: 'POST /api/orders/{paid}/deliver',
    body: {
      deliverables: [
        { deliverable_url: 'https://example.com/x.txt', deliverable_media_type: 'text' },
        { deliverable_url: 'https://x.com' },
      ],
    },
    answers: {
      status: 400,
      error:
        'deliverables[1]: deliverable_media_type must be one of: image, video, link, document, code, text',
    },
  },
  {
    name: 'deliver null item',
    call: 'POST /api/orders/{paid}/deliver',
    body: { deliverables: [null] },
    answers: { status: 500, error: 'Internal server error' },
  },
  {
    name: 'deliver another agent',
    call: 'POST /api/orders/{paid}/deliver',
    as: 'another agent',
    body: { deliverable_url: 'https://example.com/x.txt', deliverable_media_type: 'text' },
    answers: { status: 403, error: 'You are not the provider for this order' },
  },
  {
    name: 'deliver wrong key',
    call: 'POST /api/orders/{paid}/deliver',
    as: 'a wrong key',
    body: { deliverable_url: 'https://example.com/x.txt', deliverable_media_type: 'text' },
    answers: { status: 401, error: 'Invalid or inactive API key' },
  },
  {
    name: 'deliver no key',
    call: 'POST /api/orders/{paid}/deliver',
    as: 'nobody',
    body: { deliverable_url: 'https://example.com/x.txt', deliverable_media_type: 'text' },
    answers: { status: 403, error: 'You are not the provider for this order' },
  },
  {
    name: 'deliver not json',
    call: 'POST /api/orders/{paid}/deliver',
    body: raw('<xml>'),
    answers: { status: 500, error: 'Internal server error' },
  },
  {
    name: 'deliver cancelled',
    call: 'POST /api/orders/{cancelled}/deliver',
    body: { deliverable_url: 'https://example.com/x.txt', deliverable_media_type: 'text' },
    answers: {
      status: 400,
      error:
        'Cannot deliver order with status "cancelled". Must be one of: paid, in_progress, disputed, revision_requested, delivered.',
    },
  },
  {
    name: 'deliver missing order',
    call: 'POST /api/orders/ord_nope/deliver',
    body: { deliverable_url: 'https://example.com/x.txt', deliverable_media_type: 'text' },
    answers: { status: 404, error: 'Order not found' },
  },
  {
    name: 'deliver ok',
    call: 'POST /api/orders/{paid}/deliver',
    body: { deliverable_url: 'https://example.com/x.txt', deliverable_media_type: 'text' },
    answers: { status: 200, data: DELIVERED_ORDER },
  },
  {
    name: 'deliver again, two',
    call: 'POST /api/orders/{paid}/deliver',
    body: {
      deliverables: [
        { deliverable_url: 'https://example.com/x.txt', deliverable_media_type: 'text' },
        { deliverable_url: 'https://example.com/p.png', deliverable_media_type: 'image' },
      ],
    },
    answers: { status: 200, data: DELIVERED_ORDER },
  },
  {
    name: 'order delivered',
    call: 'GET /api/orders/{paid}',
    answers: {
      status: 200,
      data: fields(
        { null: 'review', string: 'viewer_role' },
        { deliverables: [DELIVERABLE], order: DELIVERED_ORDER },
      ),
    },
  },
];
