import { describe, expect, it } from 'vitest';
import { readOrder } from './order-answer.ts';

const order = { id: 'ord_1', status: 'delivered', brief: 'A logo', brand_new: true };
const deliverables = [{ deliverable_url: 'https://a.example/1', status: 'completed', extra: 1 }];
const review = { rating: 5 };

describe('the data of one order', () => {
  it('can be the order itself', () => {
    expect(readOrder(order)).toEqual({ ...order, deliverables: [], review: null, viewer_role: null });
  });

  it('can be the order itself with its deliverables', () => {
    expect(readOrder({ ...order, deliverables })).toMatchObject({ deliverables, review: null });
  });

  it('can lie around the order', () => {
    const data = { order, review, deliverables, viewer_role: 'provider' };
    expect(readOrder(data)).toEqual({ ...order, review, deliverables, viewer_role: 'provider' });
  });

  it('can lie around the order and lack the rest', () => {
    expect(readOrder({ order, deliverables: null })).toMatchObject({ deliverables: [], review: null });
  });

  it.each([{}, { order: null }, { order: { id: 'ord_1' } }, { id: 7, status: 'paid' }])(
    'that holds no order is refused: %o',
    (data) => expect(() => readOrder(data)).toThrow(/data that is no order/),
  );
});
