import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readStyles } from '@fulfillment/console-ui';
import type { FastifyInstance } from 'fastify';

const SCRIPT = 'text/javascript; charset=utf-8';

const own = (name: string) => readFileSync(new URL(`./assets/${name}`, import.meta.url));
const idiomorph = () => readFileSync(fileURLToPath(import.meta.resolve('idiomorph/dist/idiomorph.min.js')));

const ASSETS = {
  'console.css': { type: 'text/css; charset=utf-8', body: Buffer.from(readStyles()) },
  'console.js': { type: SCRIPT, body: own('console.js') },
  'counter.js': { type: SCRIPT, body: own('counter.js') },
  'live.js': { type: SCRIPT, body: own('live.js') },
  'times.js': { type: SCRIPT, body: own('times.js') },
  'selection.js': { type: SCRIPT, body: own('selection.js') },
  'suggest.js': { type: SCRIPT, body: own('suggest.js') },
  'typed-text.js': { type: SCRIPT, body: own('typed-text.js') },
  'keys.js': { type: SCRIPT, body: own('keys.js') },
  'idiomorph.js': { type: SCRIPT, body: idiomorph() },
  'icon.svg': { type: 'image/svg+xml', body: own('icon.svg') },
} as const;
type AssetName = keyof typeof ASSETS;

/**
 * Part of the path of every asset, so that browsers may cache the assets. It changes with every
 * change of an asset. As a part of the path, it also covers what a script imports by a relative
 * path.
 */
const VERSION = Object.values(ASSETS)
  .reduce((hash, { body }) => hash.update(body), createHash('sha256'))
  .digest('hex')
  .slice(0, 12);

/** The address of an asset that pages load. */
export function assetUrl(name: AssetName): string {
  return `/assets/${VERSION}/${name}`;
}

/** Serves the assets to everybody: the login page needs them. */
export function assetRoutes(server: FastifyInstance): void {
  for (const [name, { type, body }] of Object.entries(ASSETS)) {
    server.get(
      `/assets/:version/${name}`,
      { config: { access: 'anyone', needsRedis: false } },
      (_request, reply) =>
        reply.type(type).header('cache-control', 'public, max-age=31536000, immutable').send(body),
    );
  }
}
