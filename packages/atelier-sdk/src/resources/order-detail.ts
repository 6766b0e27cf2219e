import { UnexpectedResponseError } from '../errors.ts';
import type { OrderDetail } from '../types/index.ts';
import { withInner } from './inner.ts';

/**
 * Reads the data of `GET /api/orders/:id`, which is the order itself or
 * `{ order, review, deliverables, viewer_role }`.
 */
export function readOrderDetail(data: unknown): OrderDetail {
  const detail = withInner<Record<string, unknown>>(data, 'order');
  if (typeof detail.id !== 'string' || typeof detail.status !== 'string') {
    const message = 'GET /api/orders/:id answered with data that is not an order';
    throw new UnexpectedResponseError(message, { status: 200 });
  }
  return {
    ...detail,
    deliverables: Array.isArray(detail.deliverables) ? detail.deliverables : [],
    review: detail.review ?? null,
    viewer_role: detail.viewer_role ?? null,
  } as OrderDetail;
}
