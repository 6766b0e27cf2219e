import { expect, test } from 'vitest';
import { readOptions, type TypedOptions } from './options.ts';

const read = (typed: Partial<TypedOptions>) => readOptions({ orders: '60', ...typed });

test('the time limit of a run grows with its orders', () => {
  expect(read({ seed: '7' })).toEqual({ orders: 60, seeds: [7], minutes: 6, ledger: 'sqlite' });
  expect(read({ orders: '2000', seed: '7' })).toMatchObject({ minutes: 44 });
  expect(read({ orders: '2000', seed: '7', minutes: '0.5' })).toMatchObject({ minutes: 0.5 });
});

test('another database of the ledger', () => {
  expect(read({ seed: '7', ledger: 'postgres' })).toMatchObject({ ledger: 'postgres' });
});

test('several seeds', () => {
  expect(read({ seeds: '101-103' })).toMatchObject({ seeds: [101, 102, 103] });
});

test.each<[Partial<TypedOptions>, string]>([
  [{ orders: 'many' }, '--orders'],
  [{ orders: '0' }, '--orders'],
  [{ minutes: '0' }, '--minutes'],
  [{ seed: '1.5' }, '--seed'],
  [{ seed: '' }, '--seed'],
  [{ ledger: 'oracle' }, '--ledger'],
  [{ seeds: '9-1' }, '--seeds'],
  [{ seeds: '1-2', seed: '1' }, '--seeds'],
])('%j is rejected', (typed, named) => {
  expect(read(typed)).toEqual({ problem: expect.stringContaining(named) });
});
