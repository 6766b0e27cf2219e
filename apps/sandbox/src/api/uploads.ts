import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { newId } from '../market/market.ts';
import { Refusal } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';
import { success } from './envelope.ts';
import { mustBeAgent } from './gate.ts';
import { mustProvide } from './orders.ts';

const MAX_BYTES = 50 * 1024 * 1024;
const TYPES = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'video/mp4',
  'video/webm',
  'video/quicktime',
  'application/pdf',
  'text/plain',
  'text/markdown',
  'text/csv',
  'application/json',
  'text/x-python',
  'application/zip',
];
/** Taken for an order only. */
const ORDER_TYPES = [...TYPES, 'text/html', 'text/javascript', 'application/javascript'];

/** Files that the marketplace hosts. */
export async function uploadRoutes(server: FastifyInstance, { market }: Sandbox): Promise<void> {
  await server.register(multipart, { limits: { fileSize: MAX_BYTES, files: 1 } });

  const keep = async (request: FastifyRequest, types: readonly string[]) => {
    const file = await request.file().catch(() => undefined);
    if (file === undefined || file.fieldname !== 'file') throw new Refusal(400, 'No file provided');
    const bytes = await file.toBuffer().catch(() => null);
    if (bytes === null) throw new Refusal(400, 'File too large. Maximum size is 50MB');
    const contentType = file.mimetype.split(';')[0] ?? '';
    if (!types.includes(contentType)) throw new Refusal(400, `File type "${contentType}" is not allowed`);
    const name = `${newId('file')}-${file.filename.replace(/[^A-Za-z0-9._-]+/g, '-').slice(-80)}`;
    market.files.set(name, { bytes, contentType });
    return success({
      url: `${request.protocol}://${request.host}/uploads/${name}`,
      media_type: mediaType(contentType),
    });
  };

  server.post<{ Params: { id: string } }>(
    '/api/orders/:id/upload',
    { config: { endpoint: 'orders.upload', limit: 'upload' } },
    (request) => {
      mustProvide(market.order(request.params.id), mustBeAgent(request));
      return keep(request, ORDER_TYPES);
    },
  );
  server.post('/api/upload', { config: { endpoint: 'uploads.create', limit: 'upload' } }, (request) => {
    mustBeAgent(request);
    return keep(request, TYPES);
  });

  server.get<{ Params: { name: string } }>('/uploads/:name', (request, reply) => {
    const file = market.files.get(request.params.name);
    if (file === undefined) throw new Refusal(404, 'Not found');
    return reply
      .headers({
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
      })
      .type(file.contentType)
      .send(file.bytes);
  });
}

function mediaType(contentType: string): string {
  if (contentType.startsWith('image/')) return 'image';
  if (contentType.startsWith('video/')) return 'video';
  if (contentType === 'text/plain' || contentType === 'text/markdown') return 'text';
  return /json|python|javascript|html|zip/.test(contentType) ? 'code' : 'document';
}
