import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigurationError } from '@fulfillment/shared';
import { describe, expect, test } from 'vitest';
import { loadDotEnv, readSettings, workspaceRoot } from './read-settings.ts';
import * as settings from './settings.ts';

const { baseSettings } = settings;
const schemas = {
  base: baseSettings,
  ingestor: settings.ingestorSettings,
  generation: settings.generationSettings,
  delivery: settings.deliverySettings,
  admin: settings.adminSettings,
};

function problem(env: NodeJS.ProcessEnv, schema: keyof typeof schemas = 'ingestor'): string {
  try {
    readSettings(schemas[schema], env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  throw new Error('these settings were taken');
}

test.each(Object.entries(schemas))('every setting of %s has a description', (_, schema) => {
  for (const [name, field] of Object.entries(schema.shape)) {
    expect(field.meta()?.description ?? field.description, name).toMatch(/\w{3}/);
  }
});

test('a database of REDIS_URL that is not a number is rejected, and is not database 0', () => {
  expect(problem({ REDIS_URL: 'redis://127.0.0.1:6379/orders' })).toContain('not a database number');
  expect(problem({ REDIS_URL: 'redis://127.0.0.1:6379/-1' })).toContain('not a database number');
  expect(readSettings(schemas.base, { REDIS_URL: 'redis://127.0.0.1:6379/3' }).REDIS_URL).toMatch(/3$/);
});

test.each(Object.entries(schemas))('%s needs no setting at all', (_, schema) => {
  expect(() => readSettings(schema, {})).not.toThrow();
});

test('the defaults are the documented ones', () => {
  expect(readSettings(schemas.ingestor, {})).toMatchObject({
    ATELIER_BASE_URL: 'https://api.useatelier.ai',
    REDIS_URL: 'redis://127.0.0.1:6379',
    INGESTOR_PORT: 4001,
    POLL_INTERVAL_SECONDS: 120,
    LOG_LEVEL: 'info',
    SHUTDOWN_GRACE_SECONDS: 30,
  });
  expect(readSettings(schemas.generation, {}).GENERATION_WORKER_PORT).toBe(4002);
  expect(readSettings(schemas.delivery, {}).DELIVERY_WORKER_PORT).toBe(4003);
  expect(readSettings(schemas.admin, {})).toMatchObject({ ADMIN_PORT: 4004, ADMIN_READ_ONLY: false });
});

test('an empty variable counts as absent', () => {
  const read = readSettings(schemas.admin, {
    ATELIER_API_KEY: '',
    ADMIN_PASSWORD: '',
    ADMIN_PORT: '',
    HOST: '',
  });
  expect(read).toMatchObject({ ADMIN_PORT: 4004, HOST: '127.0.0.1' });
  expect(read.ATELIER_API_KEY).toBeUndefined();
  expect(read.ADMIN_PASSWORD).toBeUndefined();
});

test('texts become numbers and flags, and a URL loses its trailing slash', () => {
  const env = { ADMIN_PORT: '0', ADMIN_READ_ONLY: 'true', PUBLIC_URL: 'https://orders.example.com//' };
  expect(readSettings(schemas.admin, env)).toMatchObject({
    ADMIN_PORT: 0,
    ADMIN_READ_ONLY: true,
    PUBLIC_URL: 'https://orders.example.com',
  });
});

describe('a wrong setting', () => {
  test.each<[string, string, keyof typeof schemas]>([
    ['REDIS_URL', 'http://127.0.0.1:6379', 'base'],
    ['REDIS_URL', '127.0.0.1:6379', 'base'],
    ['ATELIER_BASE_URL', 'api.useatelier.ai', 'base'],
    ['PUBLIC_URL', 'ftp://orders.example.com', 'base'],
    ['REDIS_KEY_PREFIX', 'a:b', 'base'],
    ['EGRESS_ID', 'a b', 'base'],
    ['LOG_LEVEL', 'loud', 'base'],
    ['SHUTDOWN_GRACE_SECONDS', '-1', 'base'],
    ['SHUTDOWN_GRACE_SECONDS', '9999999', 'base'],
    ['BUDGET_WINDOW_SECONDS', '0', 'base'],
    ['POLL_INTERVAL_SECONDS', 'two minutes', 'ingestor'],
    ['INGESTOR_PORT', '65536', 'ingestor'],
    ['RECONCILE_CONCURRENCY', '1.5', 'ingestor'],
    ['GENERATION_CONCURRENCY', '0', 'generation'],
    ['ADMIN_PASSWORD', 'short', 'admin'],
    ['ADMIN_READ_ONLY', 'maybe', 'admin'],
  ])('%s=%s is named, with the valid values', (name, value, schema) => {
    const text = problem({ [name]: value }, schema);
    const field = (schemas[schema].shape as Record<string, { meta(): { description?: string } | undefined }>)[
      name
    ];
    expect(text).toMatch(new RegExp(`^  ${name} (must|is wrong:) .+\\. .+\\.$`, 'm'));
    expect(text).not.toMatch(/Invalid input|NaN/);
    expect(text).toContain(field?.meta()?.description);
  });

  test('of a port names the valid ports and the app', () => {
    expect(problem({ ADMIN_PORT: 'http' }, 'admin')).toContain(
      '  ADMIN_PORT must be a port number (0 to 65535). Port of the admin pages.',
    );
  });

  test('is named together with all others, without the values', () => {
    const text = problem({ REDIS_URL: 'hunter2', ADMIN_PASSWORD: 'hunter2', LOG_LEVEL: 'hunter2' }, 'admin');
    for (const name of ['REDIS_URL', 'ADMIN_PASSWORD', 'LOG_LEVEL']) expect(text).toContain(`  ${name} `);
    expect(text).not.toContain('hunter2');
  });
});

test('the workspace is found from any folder in it, and .env fills in only what is not set', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'settings-'));
  const inner = path.join(root, 'apps', 'x');
  await mkdir(inner, { recursive: true });
  expect(workspaceRoot(inner)).toBe(inner);
  await writeFile(path.join(root, 'pnpm-workspace.yaml'), '');
  expect(workspaceRoot(inner)).toBe(root);
  process.env.TEST_SETTING_A = 'set';
  loadDotEnv(root);
  await writeFile(path.join(root, '.env'), 'TEST_SETTING_A=file\nTEST_SETTING_B=file\n');
  loadDotEnv(root);
  expect(process.env).toMatchObject({ TEST_SETTING_A: 'set', TEST_SETTING_B: 'file' });
  delete process.env.TEST_SETTING_A;
  delete process.env.TEST_SETTING_B;
  await rm(root, { recursive: true });
});

test('an invalid key is rejected before any call, and is not shown', () => {
  const read = () => readSettings(baseSettings, { ATELIER_API_KEY: 'sk-0123456789' });
  expect(read).toThrow(/ATELIER_API_KEY is not a key of Atelier: a key begins with "atelier_"/);
  expect(read).not.toThrow(/0123456789/);
});
