import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { PRODUCT_APPS, SANDBOX, temporaryFolder } from '@fulfillment/processes';
import { expect, test } from 'vitest';
import { devEnvironment } from './dev-environment.ts';
import { openDevState } from './dev-state.ts';

const STATE = {
  keyPrefix: 'fulfillment-dev-1',
  sandboxFile: '/dev/sandbox.state',
  artifactsFolder: '/dev/artifacts',
  ledgerFolder: '/dev/ledger',
  redisFolder: '/dev/redis',
  redisNote: '/dev/redis.json',
};

const SETUP = { redisUrl: 'redis://127.0.0.1:1', state: STATE, apps: [SANDBOX, ...PRODUCT_APPS] };

test('settings for the real marketplace never reach the apps in development', () => {
  const env = devEnvironment(SETUP, {
    ATELIER_API_KEY: 'atelier_live',
    ATELIER_BASE_URL: 'https://api.useatelier.ai',
    ATELIER_WEBHOOK_SECRET: 'whsec_live',
    PUBLIC_URL: 'https://orders.example.com',
    REDIS_URL: 'redis://live:6379',
    REDIS_KEY_PREFIX: 'fulfillment',
    INGESTOR_PORT: '80',
  });
  expect(JSON.stringify(env)).not.toMatch(/live|useatelier|example\.com|"80"/);
  expect(env).toMatchObject({
    ATELIER_API_KEY: 'atelier_sandbox_demo',
    ATELIER_BASE_URL: 'http://127.0.0.1:4000',
    ATELIER_WEBHOOK_SECRET: '',
    PUBLIC_URL: 'http://127.0.0.1:4001',
    INGESTOR_PORT: '4001',
  });
});

test('other settings can be set', () => {
  expect(devEnvironment(SETUP, { LOG_LEVEL: 'debug', POLL_INTERVAL_SECONDS: '3' })).toMatchObject({
    LOG_LEVEL: 'debug',
    POLL_INTERVAL_SECONDS: '3',
    SWEEP_INTERVAL_SECONDS: '5',
  });
});

test("the product uses the sandbox's limits: none unless some are set", () => {
  const budget = (env: NodeJS.ProcessEnv) => {
    const { BUDGET_CALLS, BUDGET_WINDOW_SECONDS } = devEnvironment(SETUP, env);
    return { BUDGET_CALLS, BUDGET_WINDOW_SECONDS };
  };
  expect(budget({ BUDGET_CALLS: '30' })).toEqual({ BUDGET_CALLS: '1000000' });
  expect(budget({ SANDBOX_RATE_LIMIT: 'off' })).toEqual({ BUDGET_CALLS: '1000000' });
  expect(budget({ SANDBOX_RATE_LIMIT: 'shared' })).toEqual({});
  const short = { SANDBOX_RATE_LIMIT: 'shared', SANDBOX_RATE_WINDOW_MS: '60000' };
  expect(budget(short)).toEqual({ BUDGET_WINDOW_SECONDS: '60' });
});

test('the state is kept from run to run, and a fresh state has its own keys', async () => {
  const folder = await temporaryFolder('dev-state');
  const first = await openDevState(false, folder.path);
  await writeFile(first.sandboxFile, 'orders');
  await writeFile(`${first.sandboxFile}.files`, 'uploads');
  expect(await openDevState(false, folder.path)).toEqual(first);
  const fresh = await openDevState(true, folder.path);
  expect(fresh.keyPrefix).not.toBe(first.keyPrefix);
  expect(existsSync(fresh.sandboxFile)).toBe(false);
  expect(existsSync(`${fresh.sandboxFile}.files`)).toBe(false);
  await folder.remove();
});
