import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RateLimitError } from '../index.ts';
import {
  type Answering,
  failed,
  json,
  rejection,
  startServer,
  type TestServer,
} from '../test-support/server.ts';
import { parseRetryAfter } from './rate-limit.ts';

const NOW = Date.UTC(2026, 10, 23, 12, 0, 0);

describe('parseRetryAfter', () => {
  it.each([
    ['0', 0],
    ['120', 120],
    [' 7 ', 7],
    ['1.2', 2],
    ['-5', 0],
    ['99999999999999999999', 86_400],
    ['Mon, 23 Nov 2026 12:01:30 GMT', 90],
    ['Monday, 23-Nov-26 12:01:30 GMT', 90],
    ['Mon Nov 23 12:01:30 2026', 90],
    ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
    ['Mon, 23 Nov 2099 11:00:00 GMT', 86_400],
  ])('reads %j as %i seconds', (value, seconds) => {
    expect(parseRetryAfter(value, NOW)).toBe(seconds);
  });

  it.each([null, undefined, '', 'soon', '5 minutes', '1e3', 'NaN', 'Mon', '2026-11-23', '1,2'])(
    'finds nothing in %j',
    (value) => expect(parseRetryAfter(value, NOW)).toBeUndefined(),
  );

  it('is always undefined or a whole number of seconds in a day', () => {
    const texts = fc.oneof(fc.string(), fc.integer().map(String), fc.float().map(String), dates());
    fc.assert(
      fc.property(texts, (text) => {
        const seconds = parseRetryAfter(text, NOW);
        if (seconds === undefined) return;
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(0);
        expect(seconds).toBeLessThanOrEqual(86_400);
      }),
    );
  });

  it('reads back the seconds of any HTTP date within a day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_400 }), (seconds) => {
        expect(parseRetryAfter(new Date(NOW + seconds * 1000).toUTCString(), NOW)).toBe(seconds);
      }),
    );
  });
});

describe('RateLimitError', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function refuse(answer: Answering): Promise<RateLimitError> {
    server.answer = answer;
    const error = await rejection(server.client().agents.me());
    if (error instanceof RateLimitError) return error;
    throw error;
  }

  it('carries the values of the headers', async () => {
    const error = await refuse(
      json(429, failed('Too many requests'), {
        'retry-after': '1800',
        'x-ratelimit-limit': '30',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(NOW / 1000),
      }),
    );
    expect(error).toMatchObject({ retryAfter: 1_800, limit: 30, remaining: 0, resetAt: new Date(NOW) });
    expect(error.message).toBe('Too many requests');
  });

  it('waits 60 seconds if the answer names no time', async () => {
    const error = await refuse(json(429, failed('No'), { 'retry-after': 'later' }));
    expect(error).toMatchObject({ retryAfter: 60, limit: undefined, resetAt: undefined });
  });

  it('counts a date from the marketplace’s clock, not from ours', async () => {
    const headers = { date: new Date(NOW).toUTCString(), 'retry-after': new Date(NOW + 9_000).toUTCString() };
    expect(await refuse(json(429, failed('No'), headers))).toMatchObject({ retryAfter: 9 });
  });

  it('uses the end of the window if there is no Retry-After', async () => {
    const headers = { date: new Date(NOW).toUTCString(), 'x-ratelimit-reset': String(NOW / 1000 + 600) };
    expect(await refuse(json(429, failed('No'), headers))).toMatchObject({ retryAfter: 600 });
  });

  it('is recognised by the headers, even if a proxy answers HTML or the body breaks off', async () => {
    const broken: Answering = (response) => {
      response.writeHead(429, { 'retry-after': '5', 'content-length': '100' });
      response.write('{', () => response.destroy());
    };
    expect(await refuse(broken)).toMatchObject({ retryAfter: 5, message: 'Too Many Requests' });
  });

  it('is never retried', async () => {
    server.seen = [];
    await refuse(json(429, failed('No'), { 'retry-after': '0' }));
    expect(server.seen).toHaveLength(1);
  });
});

function dates(): fc.Arbitrary<string> {
  return fc.date({ noInvalidDate: true }).map((date) => date.toUTCString());
}
