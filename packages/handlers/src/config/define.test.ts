import { describe, expect, test } from 'vitest';
import type { HandlerInput } from '../types.ts';
import { defineHandler } from './define.ts';

const handler = (input: Partial<HandlerInput> = {}) =>
  defineHandler({ name: 'painter', match: 'default', generate: () => [], ...input });

describe('defineHandler', () => {
  test('defaults to half an hour and three tries', () => {
    expect(handler()).toMatchObject({ timeLimitSeconds: 1800, attempts: 3 });
    expect(handler({ timeLimitSeconds: 5, attempts: 1 })).toMatchObject({
      timeLimitSeconds: 5,
      attempts: 1,
    });
  });
});
