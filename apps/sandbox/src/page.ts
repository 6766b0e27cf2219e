import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readStyles } from '@fulfillment/console-ui';
import type { FastifyInstance, FastifyReply } from 'fastify';

const FOLDER = path.resolve(import.meta.dirname, '../public');
const FILES = [
  'buyer.js',
  'order.js',
  'actions.js',
  'deliverables.js',
  'badge.js',
  'title.js',
  'dom.js',
  'style.css',
  'icon.svg',
];
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const HEADERS = {
  // The page shows deliverables from any address that the seller chose.
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' http: https:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
};

/** Serves the page on which a person acts as the buyer. */
export function pageRoutes(server: FastifyInstance): void {
  const send = (file: string) => async (_request: unknown, reply: FastifyReply) =>
    reply
      .headers(HEADERS)
      .type(TYPES[path.extname(file)] ?? 'application/octet-stream')
      .send(await readFile(path.join(FOLDER, file)));
  server.get('/', send('index.html'));
  const styles = readStyles();
  server.get('/console.css', (_request, reply) =>
    reply.headers(HEADERS).type('text/css; charset=utf-8').send(styles),
  );
  for (const file of FILES) server.get(`/${file}`, send(file));
}
