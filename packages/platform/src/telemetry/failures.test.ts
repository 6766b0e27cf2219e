import {
  AbortError,
  AtelierError,
  AuthenticationError,
  ConflictError,
  ConnectionError,
  ForbiddenError,
  NotFoundError,
  RateLimitError,
  TimeoutError,
  UnexpectedResponseError,
  ValidationError,
} from '@atelier-ai/sdk';
import { describe, expect, test } from 'vitest';
import {
  classify,
  describeError,
  hadNoEffect,
  permanent,
  StepError,
  throttled,
  transient,
  unreadable,
} from './failures.ts';

const effect = { mayHaveTakenEffect: true };

describe('the class of an error', () => {
  test.each<[string, unknown, string]>([
    ['a refused input', new ValidationError('Cannot deliver'), 'permanent'],
    ['a wrong key, which may be put right', new AuthenticationError('Invalid key'), 'transient'],
    ['a denial', new ForbiddenError('Agent ID mismatch'), 'transient'],
    ['a missing order', new NotFoundError('Order not found'), 'permanent'],
    ['402', new AtelierError('payment', 402), 'permanent'],
    ['422', new AtelierError('no', 422), 'permanent'],
    ['a conflict', new ConflictError('changed at the same time'), 'transient'],
    ['408', new AtelierError('slow', 408), 'transient'],
    ['500 of a read', new AtelierError('oops', 500), 'transient'],
    ['503 of a read', new AtelierError('oops', 503), 'transient'],
    ['500 of a write', new AtelierError('oops', 500, effect), 'unknown'],
    ['a time-out of a read', new TimeoutError('slow'), 'transient'],
    ['a time-out of a write', new TimeoutError('slow', effect), 'unknown'],
    ['a connection that was never made', new ConnectionError('refused'), 'transient'],
    ['a connection lost in a write', new ConnectionError('reset', effect), 'unknown'],
    ['an answer of a proxy to a read', new UnexpectedResponseError('HTML', { status: 502 }), 'transient'],
    ['a page of a proxy that forbids', new UnexpectedResponseError('HTML', { status: 403 }), 'transient'],
    [
      'a page of a proxy that finds nothing',
      new UnexpectedResponseError('HTML', { status: 404 }),
      'transient',
    ],
    [
      'a proxy that takes no such large body',
      new UnexpectedResponseError('HTML', { status: 413 }),
      'permanent',
    ],
    [
      'an answer of a proxy to a write',
      new UnexpectedResponseError('HTML', { status: 502, ...effect }),
      'unknown',
    ],
    ['a call we ended', new AbortError('stop'), 'transient'],
    ['a write we ended', new AbortError('stop', effect), 'unknown'],
    ['an error nobody knows', new TypeError('x is undefined'), 'transient'],
    ['something thrown that is no error', 'text', 'transient'],
    ['nothing', undefined, 'transient'],
  ])('%s is %s', (_, error, kind) => {
    expect(classify(error).kind).toBe(kind);
  });

  test('a 429 is throttled for as long as it says', () => {
    const error = new RateLimitError('slow down', 90);
    expect(classify(error, 1000)).toMatchObject({ kind: 'throttled', retryAt: 91_000 });
  });

  test('a 429 outside the budget is the minimum of growing waits, up to an hour', () => {
    const error = new RateLimitError('slow down', 86_400);
    expect(classify(error, 0)).toMatchObject({ retryAt: 3_600_000, isGuess: true });
  });

  test('a possible problem of keys is retried, and soon reported', () => {
    const told = {
      kind: 'transient',
      raiseSoon: true,
      reason: expect.stringMatching(/Is the agent's key right\?$/),
    };
    expect(classify(new AuthenticationError('Invalid key'))).toMatchObject({ ...told, patienceMs: 600_000 });
    expect(classify(new ForbiddenError('Not yours'))).toMatchObject({ ...told, patienceMs: 600_000 });
    expect(classify(unreadable(new ForbiddenError('Not yours')))).not.toHaveProperty('patienceMs');
    expect(classify(unreadable(new ForbiddenError('Not yours')))).toMatchObject(told);
    expect(classify(unreadable(new NotFoundError('Order not found')))).toMatchObject({
      kind: 'transient',
      raiseSoon: true,
      reason: 'Order not found (HTTP 404).',
    });
  });

  test('of a write says whether it certainly had no effect', () => {
    expect(hadNoEffect(new ValidationError('Cannot deliver'))).toBe(true);
    expect(hadNoEffect(throttled('a 429', 5))).toBe(true);
    expect(hadNoEffect(new ConnectionError('reset', effect))).toBe(false);
    expect(hadNoEffect(new Error('Redis went away after it'))).toBe(false);
  });

  test('our own errors keep their class', () => {
    expect(classify(permanent('no'))).toEqual({ kind: 'permanent', reason: 'no' });
    expect(classify(transient('later'))).toEqual({ kind: 'transient', reason: 'later' });
    expect(classify(throttled('wait', 5))).toEqual({ kind: 'throttled', reason: 'wait', retryAt: 5 });
    expect(classify(new StepError({ kind: 'void', reason: 'gone' })).kind).toBe('void');
    expect(permanent('no', new Error('why')).cause).toEqual(new Error('why'));
  });
});

describe('the line about an error', () => {
  test('has the status of an answer, or a name if there is no text', () => {
    expect(describeError(new NotFoundError('Order not found'))).toBe('Order not found (HTTP 404)');
    expect(describeError(new ConnectionError('reset'))).toBe('reset');
    expect(describeError(new TypeError())).toBe('TypeError');
    expect(describeError(null)).toBe('null');
  });

  test('is cut, without any secret, even across the cut', () => {
    const password = `${'x'.repeat(480)} redis://user:hunter2hunter2hunter2@redis.example:6379 failed`;
    expect(describeError(new Error(password))).not.toContain('hunter2');
    const key = `${'x'.repeat(485)} atelier_0123456789abcdef`;
    expect(describeError(new Error(key))).not.toContain('0123');
    expect(describeError(new Error('x'.repeat(9999))).length).toBe(500);
  });
});
