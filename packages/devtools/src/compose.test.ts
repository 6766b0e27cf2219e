import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { PRODUCT_APPS, ROOT } from '@fulfillment/processes';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

/** The part that we read of a service, with merges resolved. */
interface Service {
  environment?: Record<string, string>;
  ports?: string[];
  command?: string[];
  volumes?: string[];
  container_name?: string;
  healthcheck?: { test: string[] };
  stop_grace_period?: string;
  depends_on?: Record<string, { condition: string }>;
}

const file = (name: string) => readFile(path.join(ROOT, name), 'utf8');
const compose = parse(await file('docker-compose.yml'), { merge: true });
const services: Record<string, Service> = compose.services;
const dockerfile = await file('Dockerfile');

test('Docker Compose runs Redis and the four apps, and nothing else', () => {
  expect(Object.keys(services)).toEqual(['redis', ...PRODUCT_APPS.map(({ name }) => name)]);
});

test('Redis keeps all data: append-only file, no eviction, a named volume', () => {
  const { redis } = services;
  expect(redis?.command?.join(' ')).toBe(
    'redis-server --appendonly yes --maxmemory-policy noeviction --save ',
  );
  expect(redis?.volumes).toEqual(['redis:/data']);
  expect(Object.keys(compose.volumes)).toEqual(['redis', 'artifacts', 'ledger']);
  expect(redis?.healthcheck?.test).toEqual(['CMD', 'redis-cli', 'ping']);
});

describe.each(PRODUCT_APPS)('$name', ({ name, port, portVariable }) => {
  const service = services[name];

  test('runs its own program on its documented port after Redis is ready', () => {
    expect(service?.environment).toMatchObject({
      APP: name,
      APP_PORT: String(port),
      [portVariable]: String(port),
      HOST: '0.0.0.0',
      REDIS_URL: 'redis://redis:6379',
    });
    expect(existsSync(path.join(ROOT, 'apps', name, 'src/main.ts'))).toBe(true);
    expect(service?.depends_on).toEqual({ redis: { condition: 'service_healthy' } });
  });

  test('shares the artifacts, and has time to finish its work', () => {
    expect(service?.volumes).toContain('artifacts:/data/artifacts');
    expect(Number.parseInt(service?.stop_grace_period ?? '', 10)).toBeGreaterThan(30 + 5);
  });

  test('can be scaled if it is a worker, and otherwise listens on loopback only', () => {
    expect(service?.container_name).toBeUndefined();
    const isWorker = name.endsWith('-worker');
    expect(service?.ports ?? []).toEqual(isWorker ? [] : [`127.0.0.1:${port}:${port}`]);
  });
});

test('the admin pages do not start without a password', () => {
  expect(services.admin?.environment?.ADMIN_PASSWORD).toMatch(/^\$\{ADMIN_PASSWORD:\?.+\}$/);
});

describe('the image', () => {
  test('has the Node and pnpm of the workspace', async () => {
    const workspace = parse(await file('pnpm-workspace.yaml'));
    const [nodeMajor] = String(workspace.catalog.node).split('.');
    expect(dockerfile).toContain(`FROM node:${nodeMajor}-`);
    const { packageManager } = JSON.parse(await file('package.json'));
    expect(dockerfile).toContain(`npm install --global ${packageManager}\n`);
  });

  test('runs as an unprivileged user, with production dependencies, and without local settings', async () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/pnpm install --offline --frozen-lockfile --prod/);
    const ignored = (await file('.dockerignore')).split('\n');
    for (const secret of ['.env', '.env.*', '.data', '.git']) expect(ignored).toContain(secret);
  });

  test.each(['cli', 'processes'])(
    'has every package that packages/%s imports outside tests',
    async (name) => {
      expect((await file('.dockerignore')).split('\n')).not.toContain(`packages/${name}`);
      const folder = path.join(ROOT, 'packages', name);
      const { dependencies } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
      const sources = globSync('src/**/*.ts', { cwd: folder, exclude: ['**/*.test.ts', '**/test-support'] });
      const texts = await Promise.all(sources.map((source) => readFile(path.join(folder, source), 'utf8')));
      const imported = texts.flatMap((text) =>
        [...text.matchAll(/ from '((?:@[^/']+\/)?[^./'][^/']*)/g)].flatMap(([, found]) => found ?? []),
      );
      const packages = imported.filter((found) => !found.startsWith('node:'));
      expect(packages.length).toBeGreaterThan(0);
      expect(packages.filter((found) => !Object.hasOwn(dependencies, found))).toEqual([]);
    },
  );

  test('is healthy while its app is ready, and only then', async () => {
    const [, command] = /HEALTHCHECK[^[]*(\[.*\])/s.exec(dockerfile) ?? [];
    const [program, ...args]: string[] = JSON.parse(command?.split('\n')[0] ?? '[]');
    expect(program).toBe('node');
    let status = 200;
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/readyz' ? status : 404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const check = () =>
      promisify(execFile)(process.execPath, args, { env: { APP_PORT: String(port) } }).then(
        () => 'healthy',
        () => 'unhealthy',
      );
    expect(await check()).toBe('healthy');
    status = 503;
    expect(await check()).toBe('unhealthy');
    await new Promise((resolve) => server.close(resolve));
    expect(await check()).toBe('unhealthy');
  });
});
