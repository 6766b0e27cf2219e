import { InvalidOutputError, PermanentError } from '../errors.ts';
import { type HttpOptions, http } from '../generators/http.ts';
import { type Answering, json, openServer } from './http-server.ts';

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
export const DONE = json(200, { deliverables: [{ text: 'done' }] });

/** A service of an operator's own, on loopback, the generator that asks it, and another service that nobody may be sent to. */
export async function openService() {
  const server = await openServer();
  const stranger = await openServer(json(200, { deliverables: [{ text: 'from a stranger' }] }));
  return {
    server,
    stranger,
    service: (options: Partial<HttpOptions> = {}) =>
      http({ url: `${server.url}/make`, secret: SECRET, askEverySeconds: 0.01, ...options }),
    /** Answers requests in turn; the last answer stays. Counts from zero. */
    serve(...answers: [Answering, ...Answering[]]) {
      server.seen.length = 0;
      server.answer = (response, request) =>
        (answers.length > 1 ? answers.shift() : answers[0])?.(response, request);
    },
    asked: () => server.seen.map(({ method, url }) => `${method} ${url}`),
  };
}

/** What an end means for the try. */
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
