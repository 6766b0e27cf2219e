import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import { contentDisposition, contentTypeOf, nameInPath } from '@fulfillment/artifacts';
import type { FastifyInstance } from 'fastify';

/**
 * `<order>/<round>/<random>/<file>`, and no file that is still being written. No other file in the
 * folder is served.
 */
const ARTIFACT = /^\/?[^/]+\/[^/]+\/[0-9a-f]{32}\/[^/]+(?<!\.part)$/;

/**
 * `GET /artifacts/<order>/<round>/<random>/<file>`: the files that buyers open. The random part
 * cannot be guessed, and there are no lists. Nothing in a generator's output may run under our
 * address. So no HTML or SVG is shown, and the browser guesses no type.
 */
export async function artifactRoutes(server: FastifyInstance, { folder }: { folder: string }): Promise<void> {
  await mkdir(folder, { recursive: true });
  await server.register(fastifyStatic, {
    root: path.resolve(folder),
    prefix: '/artifacts/',
    index: false,
    list: false,
    redirect: false,
    dotfiles: 'deny',
    decorateReply: false,
    allowedPath: (pathName) => ARTIFACT.test(pathName),
    cacheControl: true,
    immutable: true,
    maxAge: '30d',
    setHeaders: (reply, filePath) => {
      const type = contentTypeOf(filePath);
      reply.header('content-type', type.startsWith('text/') ? `${type}; charset=utf-8` : type);
      reply.header('x-content-type-options', 'nosniff');
      reply.header('content-security-policy', "default-src 'none'; sandbox");
      reply.header('x-robots-tag', 'noindex');
      reply.header('cross-origin-resource-policy', 'cross-origin');
      const fileName = nameInPath(path.basename(filePath));
      reply.header('content-disposition', contentDisposition({ fileName, contentType: type }));
    },
  });
}
