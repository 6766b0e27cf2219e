import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AtelierError,
  AuthenticationError,
  ConflictError,
  ForbiddenError,
  NotFoundError,
  RateLimitError,
  UnexpectedResponseError,
  ValidationError,
} from '../index.ts';
import {
  type Answering,
  failed,
  json,
  ok,
  raw,
  rejection,
  startServer,
  type TestServer,
} from '../test-support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server[Symbol.asyncDispose]());

function deliver(answer: Answering): Promise<unknown> {
  server.answer = answer;
  const input = { deliverable_url: 'https://a.example/1', deliverable_media_type: 'link' } as const;
  return server.client().orders.deliver('ord_1', input);
}

function read(answer: Answering): Promise<unknown> {
  server.answer = answer;
  return server.client({ maxRetries: 0 }).agents.me();
}

describe('an error status', () => {
  it.each([
    [400, ValidationError, 'VALIDATION_ERROR'],
    [401, AuthenticationError, 'AUTHENTICATION_ERROR'],
    [403, ForbiddenError, 'FORBIDDEN'],
    [404, NotFoundError, 'NOT_FOUND'],
    [409, ConflictError, 'CONFLICT'],
    [429, RateLimitError, 'RATE_LIMITED'],
  ])('%i has its own class, with the marketplace’s text and without effect', async (status, type, code) => {
    const error = await rejection(deliver(json(status, failed('Order not found'))));
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ status, code, message: 'Order not found', mayHaveTakenEffect: false });
    expect(error).toHaveProperty('name', type.name);
  });

  it.each([
    [402, false],
    [422, false],
    [500, true],
    [503, true],
  ])(
    '%i has the base class, and whether a write may have taken effect: %s',
    async (status, mayHaveTakenEffect) => {
      const error = await rejection(deliver(json(status, failed('No'))));
      expect(error).toBeInstanceOf(AtelierError);
      expect(error).toMatchObject({ name: 'AtelierError', code: 'API_ERROR', status, mayHaveTakenEffect });
    },
  );

  it('never means that a read took effect', async () => {
    await expect(read(json(500, failed('No')))).rejects.toMatchObject({ mayHaveTakenEffect: false });
  });

  it('without a text has the status text', async () => {
    await expect(read(json(404, { success: false }))).rejects.toMatchObject({ message: 'Not Found' });
    await expect(read(raw(500, ''))).rejects.toMatchObject({ message: 'Internal Server Error' });
  });

  it('keeps the answer’s own code beside its class’s, from the envelope or from the error', async () => {
    const duplicate = json(409, { ...failed('Taken'), code: 'DUP' });
    await expect(read(duplicate)).rejects.toMatchObject({ code: 'CONFLICT', answerCode: 'DUP' });
    const hosted = { error: { code: 'FUNCTION_TIMEOUT', message: 'Too slow' } };
    await expect(read(json(404, hosted))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      answerCode: 'FUNCTION_TIMEOUT',
      message: 'Too slow',
    });
  });

  it('cuts long texts and takes control characters out', async () => {
    const error = await rejection(read(json(400, failed(`a\u0000\r\n\u001b[31mb${'x'.repeat(1_000)}`))));
    expect(error).toBeInstanceOf(ValidationError);
    if (!(error instanceof ValidationError)) return;
    expect(error.message).toHaveLength(500);
    expect(error.message).toMatch(/^a \[31mbx+$/);
  });
});

describe('an answer that is not the marketplace’s', () => {
  it('is an UnexpectedResponseError with the status and a short excerpt', async () => {
    const html = `<html>\n<h1>502 Bad Gateway</h1>${'-'.repeat(500)}</html>`;
    const error = await rejection(deliver(raw(502, html)));
    expect(error).toBeInstanceOf(UnexpectedResponseError);
    expect(error).toMatchObject({ status: 502, code: 'API_ERROR', mayHaveTakenEffect: true });
    expect(error).toHaveProperty('excerpt', html.replace('\n', ' ').slice(0, 200));
  });

  it('with a 4xx says nothing about the order: a proxy’s 404 is not a NotFoundError', async () => {
    const error = await rejection(deliver(raw(404, '<h1>404</h1>')));
    expect(error).toMatchObject({ name: 'UnexpectedResponseError', status: 404, mayHaveTakenEffect: false });
  });

  it.each([
    ['HTML', 'API_ERROR', raw(200, '<html>')],
    ['nothing', 'EMPTY_RESPONSE', raw(204, '')],
    ['JSON that is no object', 'API_ERROR', json(200, [1])],
    ['JSON without an envelope', 'API_ERROR', json(200, { id: 'ord_1' })],
    ['an envelope without data', 'EMPTY_RESPONSE', json(200, { success: true })],
    ['a redirect', 'API_ERROR', raw(302, '', { location: '/elsewhere' })],
  ])('may hide that a write took effect: %s', async (_, code, answer) => {
    const error = await rejection(deliver(answer));
    expect(error).toMatchObject({ name: 'UnexpectedResponseError', code, mayHaveTakenEffect: true });
  });

  it('includes a list that is not an array', async () => {
    server.answer = json(200, ok({ orders: [] }));
    await expect(server.client().orders.listForAgent('agt_1')).rejects.toThrow(/data that is not an array/);
  });

  it.each([{ 'content-length': '2000' }, {}])('is rejected if it is too long (%o)', async (headers) => {
    server.answer = (response) => {
      response.writeHead(200, headers);
      response.end('x'.repeat(2_000));
    };
    const client = server.client({ maxResponseBytes: 1_000 });
    await expect(client.agents.me()).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE', status: 200 });
  });
});

describe('a failure envelope with a 2xx', () => {
  it('is an error with its text, and a write may have taken effect', async () => {
    const error = await rejection(deliver(json(200, failed('Something broke'))));
    expect(error).toMatchObject({
      name: 'AtelierError',
      message: 'Something broke',
      mayHaveTakenEffect: true,
    });
  });
});

describe('a success', () => {
  it('is the data, also with unknown fields', async () => {
    const agent = { id: 'agt_1', name: 'A', brand_new: { x: 1 } };
    await expect(read(json(200, ok(agent)))).resolves.toEqual(agent);
  });

  it('of a DELETE needs no data', async () => {
    server.answer = json(200, { success: true });
    await expect(server.client().services.delete('svc_1')).resolves.toBeUndefined();
  });
});
