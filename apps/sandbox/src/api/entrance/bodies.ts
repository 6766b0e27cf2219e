import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../../market/types.ts';

/** An unparsed body. The marketplace parses a body only after it has checked key and order. */
export class RawBody {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

/** Accepts bodies of every type without parsing them. */
export function takeBodiesUnread(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, new RawBody(Buffer.from(body)));
  });
}

/** The body's bytes, or an empty buffer without a body. */
export function bytesOf({ body }: FastifyRequest): Buffer {
  return body instanceof RawBody ? body.bytes : Buffer.alloc(0);
}

/**
 * Parses a body as JSON, whatever its content type. A value that is not an object has no fields.
 * @param failure the marketplace's text for a missing body, or one that is not JSON.
 * @throws Refusal 500
 */
export function fieldsOf(
  request: FastifyRequest,
  failure = 'Internal server error',
): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(bytesOf(request).toString('utf8'));
  } catch {
    throw new Refusal(500, failure);
  }
  if (value === null) throw new Refusal(500, failure);
  return typeof value === 'object' ? { ...value } : {};
}

/**
 * Reads a control call's body. It is undefined without one.
 * @throws Refusal 400 if the body is not JSON
 */
export function controlBody(request: FastifyRequest): unknown {
  const bytes = bytesOf(request);
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Refusal(400, 'The body is not JSON');
  }
}
