import { isObject } from '../answer.ts';
import { UnexpectedResponseError } from '../errors.ts';
import type { OrderWithDeliverables } from '../types.ts';

/**
 * Reads the data of `GET /api/orders/:id`, which is either the order itself or
 * `{ order, review, deliverables, viewer_role }`. Fields that we do not know are kept.
 */
export function readOrder(data: unknown): OrderWithDeliverables {
  const around = isObject(data) ? data : {};
  const order = isObject(around.order) ? around.order : around;
  if (typeof order.id !== 'string' || typeof order.status !== 'string') {
    throw new UnexpectedResponseError('GET /api/orders/:id answered with data that is no order', {
      status: 200,
    });
  }
  const deliverables = around.deliverables ?? order.deliverables;
  return {
    ...order,
    deliverables: Array.isArray(deliverables) ? deliverables : [],
    review: around.review ?? order.review ?? null,
    viewer_role: around.viewer_role ?? order.viewer_role ?? null,
  } as OrderWithDeliverables;
}
