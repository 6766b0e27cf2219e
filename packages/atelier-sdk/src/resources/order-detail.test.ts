import { describe, expect, it } from 'vitest';
import { readOrderDetail } from './order-detail.ts';

const order = { id: 'ord_1', status: 'delivered', brief: 'A logo', brand_new: true };
const deliverables = [{ deliverable_url: 'https://a.example/1', status: 'completed', extra: 1 }];
const review = { rating: 5 };

describe('the data of one order', () => {
  it('can be wrapped, as the marketplace sends it', () => {
    const data = { order, review, deliverables, viewer_role: 'provider', brand_new: 2 };
    expect(readOrderDetail(data)).toEqual({ ...order, ...data });
  });

  it('can be the bare order, as in the reference', () => {
    const empty = { deliverables: [], review: null, viewer_role: null };
    expect(readOrderDetail(order)).toEqual({ ...order, order, ...empty });
  });

  it('can be the bare order with its deliverables', () => {
    expect(readOrderDetail({ ...order, deliverables })).toMatchObject({ deliverables, review: null });
  });

  it('can be wrapped without the other fields', () => {
    const detail = readOrderDetail({ order, deliverables: null });
    expect(detail).toMatchObject({ id: 'ord_1', order, deliverables: [], review: null });
  });

  it.each([{}, { order: null }, { order: { id: 'ord_1' } }, { id: 7, status: 'paid' }])(
    'without an order is an error: %o',
    (data) => expect(() => readOrderDetail(data)).toThrow(/data that is not an order/),
  );
});
