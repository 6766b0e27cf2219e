import type { FastifyInstance } from 'fastify';

/** A body that is not JSON. */
export class NotJson extends Error {
  override readonly name = 'NotJson';
}

/** Like the marketplace, reads every body as JSON, whatever its type says. An empty one is none. */
export function readBodiesAsJson(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    if (body === '') return done(null, undefined);
    try {
      done(null, JSON.parse(String(body)));
    } catch (cause) {
      done(new NotJson('The body is not JSON', { cause }));
    }
  });
}

/** The fields of a body that is an object; none of any other. */
export function fieldsOf(body: unknown): Record<string, unknown> {
  return typeof body === 'object' && body !== null ? { ...body } : {};
}
