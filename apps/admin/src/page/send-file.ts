import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

interface FileParts {
  name: string;
  /** The media type. */
  type: string;
  parts: AsyncGenerator<string>;
}

/**
 * Sends a file in parts, as a download. The answer begins after the first part is read, so that an
 * error before it becomes an error page and not an empty file. A later error ends the connection,
 * and the browser reports a failed download.
 */
export async function sendFile(reply: FastifyReply, { name, type, parts }: FileParts): Promise<FastifyReply> {
  const first = await parts.next();
  return reply
    .type(`${type}; charset=utf-8`)
    .header('content-disposition', `attachment; filename="${name}"`)
    .send(Readable.from(first.done === true ? [] : from(first.value, parts)));
}

async function* from(first: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}
