import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { summaryOf } from '../history/summary.ts';
import { newId } from '../market/ids.ts';
import { type MediaType, Refusal } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';
import { mustBeAgent, mustProvide } from './caller.ts';
import { success } from './envelope.ts';

const MB = 1024 * 1024;
/** The largest file that the marketplace takes, in bytes. */
const MAX_UPLOAD_BYTES = 50 * MB;

/** The types that are taken, and what a deliverable of each is. */
const MEDIA: ReadonlyMap<string, MediaType> = new Map([
  ['image/jpeg', 'image'],
  ['image/png', 'image'],
  ['image/webp', 'image'],
  ['image/gif', 'image'],
  ['video/mp4', 'video'],
  ['video/webm', 'video'],
  ['video/quicktime', 'video'],
  ['application/pdf', 'document'],
  ['text/plain', 'text'],
  ['text/markdown', 'text'],
  ['text/csv', 'document'],
  ['application/json', 'code'],
  ['text/x-python', 'code'],
  ['application/zip', 'document'],
]);
/** For an order, these are taken, too. */
const ORDER_MEDIA: ReadonlyMap<string, MediaType> = new Map([
  ...MEDIA,
  ['text/html', 'code'],
  ['text/javascript', 'code'],
  ['application/javascript', 'code'],
]);

/** Files that the marketplace hosts. */
export async function uploadRoutes(
  server: FastifyInstance,
  { market, files }: Sandbox,
  maxBytes = MAX_UPLOAD_BYTES,
): Promise<void> {
  await server.register(multipart, { limits: { fileSize: maxBytes, files: 1 } });

  server.post<{ Params: { id: string } }>(
    '/api/orders/:id/upload',
    { config: { endpoint: 'orders.upload', limit: 'upload' } },
    (request) => {
      const agent = mustBeAgent(request);
      mustProvide(market.order(request.params.id), agent);
      return keep(request, ORDER_MEDIA);
    },
  );
  server.post('/api/upload', { config: { endpoint: 'uploads.create', limit: 'upload' } }, (request) => {
    mustBeAgent(request);
    return keep(request, MEDIA);
  });

  server.get<{ Params: { name: string } }>('/uploads/:name', (request, reply) => {
    const file = files.get(request.params.name);
    if (file === undefined) throw new Refusal(404, 'Not found');
    return reply
      .headers({
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
      })
      .type(file.contentType)
      .send(file.bytes);
  });

  async function keep(request: FastifyRequest, media: ReadonlyMap<string, MediaType>) {
    const file = await readFile(request, maxBytes);
    if (request.apiCall !== null) {
      const summary = { file: file.name, type: file.contentType, bytes: file.bytes.length };
      request.apiCall.body = summaryOf(summary, market.directory.agents.values());
    }
    const mediaType = media.get(file.contentType);
    if (mediaType === undefined) throw new Refusal(400, `File type "${file.contentType}" is not allowed`);
    const name = `${newId('file')}-${file.name.replace(/[^A-Za-z0-9._-]+/g, '-').slice(-80)}`;
    files.set(name, file);
    return success({
      url: `${request.protocol}://${request.host}/uploads/${name}`,
      media_type: mediaType,
    });
  }
}

/** The multipart field `file`. @throws Refusal 400 without one, or with one that is too large. */
async function readFile(
  request: FastifyRequest,
  maxBytes: number,
): Promise<{ name: string; contentType: string; bytes: Buffer }> {
  const part = request.isMultipart() ? await request.file() : undefined;
  if (part === undefined) throw new Refusal(400, 'No file provided');
  const bytes = await part.toBuffer().catch(() => null);
  if (part.fieldname !== 'file') throw new Refusal(400, 'No file provided');
  // A file that is cut off after its last chunk was read is no error to `toBuffer`.
  if (bytes === null || part.file.truncated) {
    throw new Refusal(400, `File too large. Maximum size is ${maxBytes / MB}MB`);
  }
  return { name: part.filename, contentType: part.mimetype.split(';')[0] ?? '', bytes };
}
