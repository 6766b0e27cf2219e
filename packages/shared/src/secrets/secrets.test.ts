import { describe, expect, test } from 'vitest';
import { secretsIn } from './environment-secrets.ts';
import { lineWithoutSecrets } from './line-without-secrets.ts';
import { keepSecret, withoutSecrets } from './process-secrets.ts';

describe('a known secret', () => {
  test('is removed from every text, whatever its form', () => {
    keepSecret('correct horse', 'correct horse battery');
    expect(withoutSecrets('told: correct horse battery, correct horse!')).toBe(
      'told: [redacted], [redacted]!',
    );
  });

  test('is found in JSON and in a URL, too', () => {
    keepSecret('pa"ss\\w/rd+$&');
    expect(lineWithoutSecrets(JSON.stringify({ msg: 'is pa"ss\\w/rd+$& it' }))).toBe(
      '{"msg":"is [redacted] it"}',
    );
    expect(withoutSecrets(`?key=${encodeURIComponent('pa"ss\\w/rd+$&')}`)).toBe('?key=[redacted]');
  });

  test('of fewer than 8 characters may be a word, and stays', () => {
    keepSecret('letmein', '', null, undefined);
    expect(withoutSecrets('letmein')).toBe('letmein');
  });
});

test('a number is not a secret: it would be removed from every time', () => {
  keepSecret('17123456');
  const line = JSON.stringify({ time: 1712345678901 });
  expect(lineWithoutSecrets(line)).toBe(line);
});

test("the value of a field with a secret's name is removed, also if the name is a secret", () => {
  keepSecret('webhookSecret');
  expect(lineWithoutSecrets('{"webhookSecret":"x1","a":"webhookSecret"}')).toBe(
    '{"[redacted]":"[redacted]","a":"[redacted]"}',
  );
});

test('the secrets of an environment are known by the names of their variables, and as passwords in URLs', () => {
  const env = {
    MODEL_KEY: 'one-1',
    ADMIN_PASSWORD: 'Two',
    aws_secret_access_key: 'three3',
    GPU_SECRET: 'fourfourfour',
    HUB_TOKEN: 'FIVE.FIVE',
    OTHER_PASSWORD: 'operator',
    THIRD_TOKEN: 'DELIVERY',
    REDIS_KEY_PREFIX: 'no',
    PUBLIC_URL: 'https://example.com:8080/x',
    REDIS_URL: 'redis://u:p%40ss@word@host:6379/1',
    ODD_URL: 'amqp://u:100%@host',
    DB_PASS: 'six6six6',
    DB_PWD: 'seven7seven',
    PWD: '/srv/orders-1',
    SIGNING_PASSPHRASE: 'eight8eight',
    GOOGLE_APPLICATION_CREDENTIALS: '/etc/google-1.json',
    API_CREDENTIALS: 'nine9nine9',
    UNSET: undefined,
  };
  expect(secretsIn(env)).toEqual([
    'one-1',
    'Two',
    'three3',
    'fourfourfour',
    'FIVE.FIVE',
    'p%40ss@word',
    'p@ss@word',
    '100%',
    '100%',
    'six6six6',
    'seven7seven',
    'eight8eight',
    'nine9nine9',
  ]);
});

test.each([
  ['Incorrect API key provided: sk-proj-abcdefghijklmnop1234.', 'Incorrect API key provided: sk-[redacted].'],
  ['{"m":"x\\nsk-abcdefghijklmnop1234"}', '{"m":"x\\nsk-[redacted]"}'],
  ['authorization: Bearer eyJhbGciOi.abc-def_0=', 'authorization: Bearer [redacted]'],
  ['Authorization: Basic dXNlcjpwYXNz', 'Authorization: Basic [redacted]'],
  ['git ghp_0a1B2c3D4e5F6g7H8i9J0k1L', 'git ghp_[redacted]'],
  ['jwt eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2ln-_', 'jwt eyJ[redacted]'],
  ['the key AKIAIOSFODNN7EXAMPLE is unknown', 'the key AKIA[redacted] is unknown'],
  ['a task-force-of-seventeen-people, the bearer of news, risk-averse', null],
])('a likely secret is removed: %s', (text, expected) => {
  expect(withoutSecrets(text)).toBe(expected ?? text);
});

test.each([
  ['a text', { password: 'x"y\\' }],
  ['a number', { token: 12345.5 }],
  ['a list', { cookie: ['a=1', ['b]=2'], { c: '}' }] }],
  ['an object', { authorization: { deep: { value: 'x', more: [1, null] } } }],
  ['nothing', { secret: null }],
])("a field with a secret's name is removed completely if it has %s", (_, fields) => {
  const [name] = Object.keys(fields);
  const line = JSON.stringify({ before: 1, a: [{ ...fields, beside: [2] }], after: { c: '3' } });
  expect(JSON.parse(lineWithoutSecrets(line))).toEqual({
    before: 1,
    a: [{ [name ?? '']: '[redacted]', beside: [2] }],
    after: { c: '3' },
  });
});

test.each([
  'Set it to: redis://[user:password@]host:port[/database], or rediss:// for TLS.',
  'redis://user:<password>@host',
  '/srv/atelier_fulfillment/fulfillment.config.ts:12 is wrong',
  'The key of the one agent, atelier_…',
  'Set ATELIER_API_KEY, or list agents in the configuration file (FULFILLMENT_CONFIG).',
])('a hint stays readable: %s', (hint) => {
  keepSecret(
    ...secretsIn({ REDIS_URL: 'redis://user:password@host', OTHER_URL: 'redis://u:fulfillment@host' }),
  );
  expect(withoutSecrets(hint)).toBe(hint);
});
