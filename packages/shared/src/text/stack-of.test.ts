import { describe, expect, test } from 'vitest';
import { keepSecret } from '../secrets/process-secrets.ts';
import { LONGEST_STACK, stackOf } from './stack-of.ts';

describe('the stack of an error', () => {
  test('names the error, its frames and its causes', () => {
    const stack = stackOf(new RangeError('too far', { cause: new TypeError('no map') }));
    expect(stack).toMatch(/^RangeError: too far\n {4}at .*stack-of\.test\.ts:\d+/);
    expect(stack).toMatch(/\nCaused by: TypeError: no map\n {4}at /);
  });

  test('keeps the frames of an error with a very long message, and is bounded', () => {
    const stack = stackOf(new Error('x'.repeat(5_000_000)));
    expect(stack.length).toBeLessThanOrEqual(LONGEST_STACK);
    expect(stack).toContain('stack-of.test.ts');
  });

  test('contains no secret, even if the cut is inside a secret', () => {
    keepSecret('s3cret-of-the-stack');
    for (let length = LONGEST_STACK / 4 - 30; length < LONGEST_STACK / 4; length += 1) {
      const stack = stackOf(new Error(`${'x'.repeat(length)}s3cret-of-the-stack`));
      expect(stack).not.toMatch(/s3cret-of/);
    }
  });

  test.each([
    ['a text', 'boom', 'boom'],
    ['an object', { code: 7 }, '{"code":7}'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a symbol', Symbol('x'), 'Symbol(x)'],
    ['an object that writes nothing', { toJSON: () => undefined }, '[object Object]'],
    [
      'an object that cannot be written',
      {
        toJSON() {
          throw new Error('no');
        },
      },
      'a value of type object',
    ],
  ])('%s that was thrown is shown as text', (_, thrown, expected) => {
    expect(stackOf(thrown)).toBe(expected);
  });

  test('of an error whose getters throw says so', () => {
    const error = Object.defineProperty(new Error('x'), 'message', {
      get() {
        throw new Error('no');
      },
    });
    expect(stackOf(error)).toBe('a value of type object that cannot be read');
  });

  test('of an AggregateError holds its first errors, and the code of a system error', () => {
    const refused = Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' });
    const error = new AggregateError([refused, new Error('two'), new Error('three'), new Error('four')]);
    const stack = stackOf(new Error('fetch failed', { cause: error }));
    expect(stack).toContain('Caused by: AggregateError');
    expect(stack).toContain('Error 1 of 4: Error: connect failed (ECONNREFUSED)');
    expect(stack).toContain('Error 3 of 4: Error: three');
    expect(stack).not.toContain('four');
  });

  test('ends although an error is its own cause', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(stackOf(error).split('Caused by').length).toBeLessThanOrEqual(5);
  });
});
