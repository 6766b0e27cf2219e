import { describe, expect, test } from 'vitest';
import { seededLuck } from '../market/random.ts';
import { type Fault, Faults, INSIDE, OUTSIDE } from './faults.ts';

const FAULT: Fault = {
  endpoint: 'orders.deliver',
  kind: 'status',
  times: null,
  probability: 1,
  latencyMs: 0,
  status: 500,
  overBytes: 100,
};

function faults(...set: Partial<Fault>[]): Faults {
  const all = new Faults(seededLuck(1).random);
  for (const fault of set) all.add({ ...FAULT, ...fault });
  return all;
}

describe('a fault', () => {
  test('strikes its endpoint only', () => {
    const set = faults({});
    expect(set.strike('orders.quote', INSIDE)).toBeNull();
    expect(set.strike('orders.deliver', INSIDE)?.status).toBe(500);
  });

  test('of * strikes every endpoint', () => {
    expect(faults({ endpoint: '*' }).strike('agents.me', INSIDE)).not.toBeNull();
  });

  test('strikes the next n calls, and ends', () => {
    const set = faults({ times: 2 });
    const struck = [1, 2, 3].map(() => set.strike('orders.deliver', INSIDE) !== null);
    expect(struck).toEqual([true, true, false]);
    expect(set.all()).toEqual([]);
  });

  test('is not used up by a search for other kinds', () => {
    const set = faults({ times: 1 });
    expect(set.strike('orders.deliver', OUTSIDE)).toBeNull();
    expect(set.strike('orders.deliver', INSIDE)).not.toBeNull();
  });

  test('strikes with its probability, the same for the same seed', () => {
    const strikes = () => {
      const set = faults({ probability: 0.3 });
      return Array.from({ length: 1000 }, () => set.strike('orders.deliver', INSIDE) !== null);
    };
    const count = strikes().filter(Boolean).length;
    expect(count).toBeGreaterThan(250);
    expect(count).toBeLessThan(350);
    expect(strikes()).toEqual(strikes());
  });

  test('for large bodies does not affect small bodies', () => {
    const set = faults({ kind: 'too_large' });
    expect(set.strike('orders.deliver', OUTSIDE, 100)).toBeNull();
    expect(set.strike('orders.deliver', OUTSIDE, 101)).not.toBeNull();
  });
});

test('faults are cleared by endpoint, or all', () => {
  const set = faults({}, { endpoint: 'agents.me' });
  set.clear('agents.me');
  expect(set.all().map(({ endpoint }) => endpoint)).toEqual(['orders.deliver']);
  set.clear();
  expect(set.all()).toEqual([]);
});
