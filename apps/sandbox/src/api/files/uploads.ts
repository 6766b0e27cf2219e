import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { summaryOf } from '../../history/summary.ts';
import { type MediaType, Refusal } from '../../market/types.ts';
import type { Sandbox } from '../../sandbox.ts';
import { bytesOf } from '../entrance/bodies.ts';
import { requireAgent, requireProvider } from '../entrance/caller.ts';
import { success } from '../entrance/envelope.ts';
import { GENERAL_MEDIA, ORDER_MEDIA } from './media.ts';
import type { StoredFile } from './store.ts';

const MB = 1024 * 1024;

/** Files that the marketplace hosts. @param maxBytes the largest that it takes. */
export function uploadRoutes(server: FastifyInstance, { market, files }: Sandbox, maxBytes: number): void {
  server.post<{ Params: { id: string } }>(
    '/api/orders/:id/upload',
    { config: { endpoint: 'orders.upload', limit: 'upload' } },
    (request) => {
      requireAgent(request);
      requireProvider(request, () => market.order(request.params.id));
      return keep(request, ORDER_MEDIA);
    },
  );
  server.post('/api/upload', { config: { endpoint: 'uploads.create', limit: 'upload' } }, (request) => {
    requireAgent(request);
    return keep(request, GENERAL_MEDIA);
  });
  server.get<{ Params: { name: string } }>('/uploads/:name', (request, reply) =>
    sendFile(reply, files.get(request.params.name)),
  );

  async function keep(request: FastifyRequest, media: ReadonlyMap<string, MediaType>) {
    const file = await readFile(request);
    if (request.apiCall !== null) {
      const summary = { file: file.name, type: file.type, bytes: file.size };
      request.apiCall.body = summaryOf(summary, market.directory.agents.values());
    }
    const mediaType = media.get(file.type);
    if (mediaType === undefined) {
      throw new Refusal(400, `Invalid file type "${file.type}". Allowed: ${[...media.keys()].join(', ')}`);
    }
    // The limit is documented, the text an assumption.
    if (file.size > maxBytes) {
      throw new Refusal(400, `File too large. Maximum size is ${maxBytes / MB}MB`);
    }
    const stored = { bytes: Buffer.from(await file.arrayBuffer()), contentType: file.type };
    const name = files.put(stored, file.name);
    return success({
      url: `${request.protocol}://${request.host}/uploads/${name}`,
      media_type: mediaType,
    });
  }
}

/** A hosted file, so that a page in it can do nothing. @throws Refusal 404 */
export function sendFile(reply: FastifyReply, file: StoredFile | undefined): FastifyReply {
  if (file === undefined) throw new Refusal(404, 'Not found');
  return reply
    .headers({
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    })
    .type(file.contentType)
    .send(file.bytes);
}

/**
 * The multipart field `file`.
 * @throws Refusal 400 without one, 500 for a body that is not multipart
 */
async function readFile(request: FastifyRequest): Promise<File> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const form = await new Response(new Uint8Array(bytesOf(request)), { headers })
    .formData()
    .catch((): never => {
      throw new Refusal(500, 'Upload failed');
    });
  const file = form.get('file');
  if (!(file instanceof File)) throw new Refusal(400, 'file field is required');
  return file;
}
