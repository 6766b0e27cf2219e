import { expect, test } from 'vitest';
import { devEnvironment } from './dev-environment.ts';

test('what is set for the real marketplace never reaches the apps in development', () => {
  const env = devEnvironment('redis://127.0.0.1:1', {
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

test('other settings can be given', () => {
  expect(
    devEnvironment('redis://127.0.0.1:1', { LOG_LEVEL: 'debug', POLL_INTERVAL_SECONDS: '3' }),
  ).toMatchObject({
    LOG_LEVEL: 'debug',
    POLL_INTERVAL_SECONDS: '3',
    SWEEP_INTERVAL_SECONDS: '5',
  });
});
