import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

const ASSETS = {
  'admin.css': { type: 'text/css; charset=utf-8', file: new URL('./assets/admin.css', import.meta.url) },
  'live.js': { type: 'text/javascript; charset=utf-8', file: new URL('./assets/live.js', import.meta.url) },
  'icon.svg': { type: 'image/svg+xml', file: new URL('./assets/icon.svg', import.meta.url) },
} as const;
type AssetName = keyof typeof ASSETS;

const LOADED = Object.entries(ASSETS).map(([name, { type, file }]) => ({
  name,
  type,
  body: readFileSync(file),
}));
/** Changes with every change of an asset, so that browsers may cache the assets. */
const VERSION = LOADED.reduce((hash, { body }) => hash.update(body), createHash('sha256'))
  .digest('hex')
  .slice(0, 12);

/** The address of an asset that pages load. */
export function assetUrl(name: AssetName): string {
  return `/assets/${name}?v=${VERSION}`;
}

/** Serves the assets to everybody: the login page needs them. */
export function assetRoutes(server: FastifyInstance): void {
  for (const { name, type, body } of LOADED) {
    server.get(`/assets/${name}`, { config: { access: 'anyone', needsRedis: false } }, (_request, reply) =>
      reply.type(type).header('cache-control', 'public, max-age=31536000, immutable').send(body),
    );
  }
}
