import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { newId } from '../../market/ids.ts';
import { Refusal } from '../../market/types.ts';
import type { Sandbox } from '../../sandbox.ts';
import { bytesOf, fieldsOf } from '../entrance/bodies.ts';
import { requireAgent } from '../entrance/caller.ts';
import { success } from '../entrance/envelope.ts';
import { ORDER_MEDIA } from './media.ts';
import type { FileStore } from './store.ts';
import { sendFile } from './uploads.ts';

const TOKEN_LIFE_MS = 3_600_000;

/**
 * Serves `/api/upload/token` and the file store that its tokens open. Only the call's existence and
 * its limits are documented: the fields of its body and answer are an assumption. The store speaks
 * the public protocol of Vercel Blob, also an assumption: `PUT <store>/?pathname=<pathname>` with
 * the token as bearer and the file as body. Here the store is at `/blob`.
 * @param maxBytes the largest file that the store accepts.
 */
export function directUploadRoutes(
  server: FastifyInstance,
  { market, files }: Sandbox,
  maxBytes: number,
): void {
  server.post('/api/upload/token', { config: { endpoint: 'uploads.token', limit: 'upload' } }, (request) => {
    requireAgent(request);
    const { content_type: contentType, filename } = fieldsOf(request, 'Upload failed');
    if (typeof contentType !== 'string' || !ORDER_MEDIA.has(contentType)) {
      throw new Refusal(
        400,
        `Invalid file type "${contentType}". Allowed: ${[...ORDER_MEDIA.keys()].join(', ')}`,
      );
    }
    const now = market.now();
    const pathname = pathnameFor(filename, contentType);
    const token = files.grant({ pathname, contentType, validUntil: now + TOKEN_LIFE_MS });
    return success({ token, pathname });
  });

  server.put<{ Querystring: { pathname?: string }; Params: { '*': string } }>('/blob/*', (request, reply) => {
    const pathname = request.query.pathname ?? request.params['*'];
    const fault = uploadFault(request, { pathname, files, maxBytes, now: market.now() });
    if (fault !== null) return rejectUpload(reply, fault);
    const contentType = contentTypeOf(request);
    if (!files.putAt(pathname, { bytes: bytesOf(request), contentType })) {
      return rejectUpload(reply, { code: 'bad_request', message: 'This blob already exists' });
    }
    const url = `${request.protocol}://${request.host}/blob/${pathname}`;
    return { url, downloadUrl: `${url}?download=1`, pathname, contentType };
  });
  server.get<{ Params: { '*': string } }>('/blob/*', (request, reply) =>
    sendFile(reply, files.get(request.params['*'])),
  );
}

/** `uploads/<random>.<extension>`: unique, and nobody can guess it. */
function pathnameFor(filename: unknown, contentType: string): string {
  const named = typeof filename === 'string' ? filename.split('.').pop() : undefined;
  const extension = (named ?? contentType.split('/')[1] ?? 'bin').replace(/[^A-Za-z0-9]+/g, '');
  return `uploads/${newId('file')}.${extension}`;
}

interface UploadFault {
  code: 'forbidden' | 'client_token_expired' | 'bad_request' | 'content_type_not_allowed' | 'file_too_large';
  message: string;
}

/** The reason why the store rejects an upload, or null if it accepts the file. */
function uploadFault(
  request: FastifyRequest,
  { pathname, files, maxBytes, now }: { pathname: string; files: FileStore; maxBytes: number; now: number },
): UploadFault | null {
  const grant = files.granted(/^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
  if (grant === undefined) return { code: 'forbidden', message: 'Access denied' };
  if (grant.validUntil < now) return { code: 'client_token_expired', message: 'Client token has expired' };
  if (grant.pathname !== pathname) {
    return { code: 'bad_request', message: '"pathname" does not match the token payload' };
  }
  if (contentTypeOf(request) !== grant.contentType) {
    const message = `"contentType" ${contentTypeOf(request)} is not allowed. Allowed: ${grant.contentType}`;
    return { code: 'content_type_not_allowed', message };
  }
  if (bytesOf(request).length > maxBytes) {
    return { code: 'file_too_large', message: `the file length cannot be greater than ${maxBytes}` };
  }
  return null;
}

/** The store's own envelope. */
function rejectUpload(reply: FastifyReply, error: UploadFault): FastifyReply {
  const isForbidden = error.code === 'forbidden' || error.code === 'client_token_expired';
  return reply.code(isForbidden ? 403 : 400).send({ error });
}

/** The content type. The store's own header takes precedence over the usual one. */
function contentTypeOf({ headers }: FastifyRequest): string {
  const own = headers['x-content-type'];
  return typeof own === 'string' ? own : (headers['content-type'] ?? '');
}
