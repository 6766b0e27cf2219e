import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';

const TYPES = {
  'admin.css': 'text/css; charset=utf-8',
  'live.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;
type AssetName = keyof typeof TYPES;

const NAMES = Object.keys(TYPES) as AssetName[];
const BODIES = new Map(
  NAMES.map((name) => [name, readFileSync(path.join(import.meta.dirname, 'assets', name))]),
);
/** Changes with every change of an asset, so that browsers may keep what they have. */
const VERSION = NAMES.reduce((hash, name) => hash.update(BODIES.get(name) ?? ''), createHash('sha256'))
  .digest('hex')
  .slice(0, 12);

/** The address of a file that pages load. */
export function assetUrl(name: AssetName): string {
  return `/assets/${name}?v=${VERSION}`;
}

/** Serves the files that pages load, to everybody: the login page needs them. */
export function assetRoutes(server: FastifyInstance): void {
  for (const name of NAMES) {
    server.get(`/assets/${name}`, { config: { access: 'anyone', needsRedis: false } }, (_request, reply) =>
      reply
        .type(TYPES[name])
        .header('cache-control', 'public, max-age=31536000, immutable')
        .send(BODIES.get(name)),
    );
  }
}
