import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AtelierClient, ConnectionError, TimeoutError } from '../index.ts';
import {
  type Answering,
  failed,
  json,
  ok,
  raw,
  rejection,
  reset,
  silent,
  startServer,
  type TestServer,
} from '../test-support/server.ts';

const AGENT = { id: 'agt_1', name: 'A' };
const LINK = { deliverable_url: 'https://a.example/1', deliverable_media_type: 'link' } as const;

let server: TestServer;
beforeEach(async () => {
  server = await startServer(json(200, ok(AGENT)));
});
afterEach(() => server[Symbol.asyncDispose]());

/** Answers the given ways in turn, the last one from then on. */
function inTurn(...answers: [Answering, ...Answering[]]): Answering {
  let next = 0;
  return (response, request) => {
    const answer = answers[Math.min(next++, answers.length - 1)];
    answer?.(response, request);
  };
}

/** Begins a 200 and never finishes it. */
const stalled: Answering = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"success":true,"data":');
};

describe('a GET', () => {
  it.each([
    ['a lost connection', reset],
    ['502', raw(502, '<h1>Bad Gateway</h1>')],
    ['503', json(503, failed('Unavailable'))],
    ['504', raw(504, '')],
  ])('is retried after %s', async (_, failure) => {
    server.answer = inTurn(failure, failure, json(200, ok(AGENT)));
    await expect(server.client().agents.me()).resolves.toEqual(AGENT);
    expect(server.seen).toHaveLength(3);
  });

  it('is retried after a time-out', async () => {
    server.answer = inTurn(stalled, json(200, ok(AGENT)));
    await expect(server.client({ timeout: 150 }).agents.me()).resolves.toEqual(AGENT);
    expect(server.seen).toHaveLength(2);
  });

  it('gives up after two retries', async () => {
    server.answer = raw(502, '<h1>Bad Gateway</h1>');
    await expect(server.client().agents.me()).rejects.toMatchObject({ status: 502 });
    expect(server.seen).toHaveLength(3);
  });

  it('is not retried if retries are off, or after a permanent error', async () => {
    server.answer = reset;
    await rejection(server.client({ maxRetries: 0 }).agents.me());
    expect(server.seen).toHaveLength(1);
    server.answer = json(500, failed('No'));
    await rejection(server.client().agents.me());
    expect(server.seen).toHaveLength(2);
  });

  it('is not retried after its caller gave up', async () => {
    const caller = new AbortController();
    server.answer = (response, request) => {
      reset(response, request);
      response.once('close', () => caller.abort());
    };
    const client = server.client({ retryDelay: 60_000 });
    const error = await rejection(client.agents.me({ signal: caller.signal }));
    expect(error).toMatchObject({ name: 'AbortError' });
    expect(server.seen).toHaveLength(1);
  });
});

describe('a write', () => {
  it.each([
    ['a lost connection', reset],
    ['a 502', raw(502, '<h1>Bad Gateway</h1>')],
    ['a 503', json(503, failed('Unavailable'))],
    ['silence', silent],
    ['half an answer', stalled],
  ])('is sent once, and may have taken effect, after %s', async (_, failure) => {
    server.answer = failure;
    const { orders, agents, services } = server.client({ timeout: 150 });
    const writes = [
      orders.deliver('ord_1', LINK),
      agents.update({ name: 'B' }),
      services.delete('svc_1'),
    ].map(rejection);
    for (const error of await Promise.all(writes)) expect(error).toMatchObject({ mayHaveTakenEffect: true });
    expect(server.seen.map(({ method }) => method).sort()).toEqual(['DELETE', 'PATCH', 'POST']);
  });

  it('that timed out has an unknown effect', async () => {
    const delivered: string[] = [];
    server.answer = (_, request) => {
      if (request.url.includes('lucky')) delivered.push(request.url);
    };
    const { orders } = server.client({ timeout: 150 });
    const attempts = ['ord_lucky', 'ord_lost'].map((id) => rejection(orders.deliver(id, LINK)));
    for (const error of await Promise.all(attempts)) {
      expect(error).toBeInstanceOf(TimeoutError);
      expect(error).toMatchObject({ status: 0, code: 'TIMEOUT', mayHaveTakenEffect: true });
    }
    expect(server.seen).toHaveLength(2);
    expect(delivered).toHaveLength(1);
  });

  it('whose error answer breaks off had no effect', async () => {
    server.answer = (response) => {
      response.writeHead(400, { 'content-length': '100' });
      response.write('{', () => response.destroy());
    };
    const error = await rejection(server.client().orders.deliver('ord_1', LINK));
    expect(error).toMatchObject({ name: 'ConnectionError', status: 400, mayHaveTakenEffect: false });
  });

  it('that cannot be written as JSON fails as itself and is not sent', async () => {
    const circular: Record<string, unknown> = { name: 'A' };
    circular.self = circular;
    await expect(server.client().agents.update(circular)).rejects.toBeInstanceOf(TypeError);
    expect(server.seen).toHaveLength(0);
  });
});

describe('the time-out', () => {
  it('covers the read of the body', async () => {
    server.answer = stalled;
    const error = await rejection(server.client({ timeout: 50, maxRetries: 0 }).agents.me());
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ status: 200, mayHaveTakenEffect: false });
  });

  it('of a call overrides that of the client', async () => {
    server.answer = silent;
    const error = await rejection(server.client().orders.quote('o', { price_usd: '1.00' }, { timeout: 30 }));
    expect(error).toMatchObject({ message: 'POST /api/orders/o/quote had no complete answer within 30 ms' });
  });

  it('ends a fetch that ignores its signal', async () => {
    const client = new AtelierClient({ timeout: 20, maxRetries: 0, fetch: () => new Promise(() => {}) });
    await expect(client.agents.me()).rejects.toBeInstanceOf(TimeoutError);
  });

  it('must be a positive number', async () => {
    expect(() => new AtelierClient({ timeout: 0 })).toThrow(TypeError);
    await expect(server.client().agents.me({ timeout: Number.NaN })).rejects.toBeInstanceOf(TypeError);
  });
});

describe('a connection that is never opened', () => {
  it('proves that a write had no effect if the port is closed', async () => {
    await server[Symbol.asyncDispose]();
    const error = await rejection(server.client().orders.deliver('ord_1', LINK));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ code: 'ECONNREFUSED', status: 0, mayHaveTakenEffect: false });
    expect(error).toHaveProperty('cause.message', expect.stringContaining('ECONNREFUSED'));
  });

  it('proves that a write had no effect if the host has no address', async () => {
    const client = new AtelierClient({ baseUrl: 'http://no-such-host.invalid' });
    const error = await rejection(client.orders.deliver('ord_1', LINK));
    expect(error).toMatchObject({ name: 'ConnectionError', mayHaveTakenEffect: false });
  });
});

describe('an abort by the caller', () => {
  it('before the start sends nothing', async () => {
    const signal = AbortSignal.abort('stop');
    const error = await rejection(server.client().orders.deliver('ord_1', LINK, { signal }));
    expect(error).toMatchObject({ name: 'AbortError', cause: 'stop', mayHaveTakenEffect: false });
    expect(server.seen).toHaveLength(0);
  });

  it('in flight is an abort and not a time-out, and a write may have taken effect', async () => {
    const caller = new AbortController();
    const reason = new Error('shutting down');
    server.answer = () => caller.abort(reason);
    const error = await rejection(server.client().orders.deliver('ord_1', LINK, { signal: caller.signal }));
    expect(error).toMatchObject({ name: 'AbortError', mayHaveTakenEffect: true });
    expect(error).toHaveProperty('cause', reason);
  });

  it('during the body of a 429 is an abort, too', async () => {
    const caller = new AbortController();
    server.answer = (response) => {
      response.writeHead(429, { 'retry-after': '5' });
      response.write('{', () => caller.abort());
    };
    const error = await rejection(server.client().agents.me({ signal: caller.signal }));
    expect(error).toMatchObject({ name: 'AbortError' });
  });
});
