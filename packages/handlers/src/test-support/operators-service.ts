import { InvalidOutputError, PermanentError } from '../errors.ts';
import { type HttpOptions, http } from '../generators/http.ts';
import { type Answering, json, openServer } from './http-server.ts';

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
export const DONE = json(200, { deliverables: [{ text: 'done' }] });

/**
 * An operator's own service on loopback, with the generator that calls it, and another service that
 * must receive no request.
 */
export async function openService() {
  const server = await openServer();
  const stranger = await openServer(json(200, { deliverables: [{ text: 'from a stranger' }] }));
  return {
    server,
    stranger,
    service: (options: Partial<HttpOptions> = {}) =>
      http({ url: `${server.url}/make`, secret: SECRET, askEverySeconds: 0.01, ...options }),
    /**
     * Sets the answers to the next requests, in turn. The last answer stays. The requests are
     * counted from zero.
     */
    serve(...answers: [Answering, ...Answering[]]) {
      server.seen.length = 0;
      server.answer = (response, request) =>
        (answers.length > 1 ? answers.shift() : answers[0])?.(response, request);
    },
    asked: () => server.seen.map(({ method, url }) => `${method} ${url}`),
  };
}

/** What the outcome means for the attempt. */
export function kindOf(promise: Promise<unknown>) {
  return promise.then(
    () => 'made',
    (error: unknown) =>
      error instanceof PermanentError
        ? 'permanent'
        : error instanceof InvalidOutputError
          ? 'invalid'
          : 'transient',
  );
}
