import { withoutSecrets } from '@fulfillment/shared';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openLog } from '../test-support/scratch.ts';

const KEY = 'atelier_sk-0123456789abcdef';
const SECRET = 'whsec_abc+DEF/123=';
const PASSWORD = 'hunter2hunter2';

/** The content of a log line, as one text. */
function logged(...line: [object, string?]): string {
  const { log, texts, lines } = openLog();
  log.info(...line);
  expect(lines).toHaveLength(1);
  return texts.join('');
}

test("an error reply of Redis is logged with its command's name, without the arguments", () => {
  const error = Object.assign(new Error('WRONGPASS'), {
    command: { name: 'auth', args: ['seller', 'swordfish'] },
  });
  const transaction = Object.assign(new Error('EXECABORT'), { previousErrors: [error] });
  expect(logged({ err: error })).toContain('"command":"auth"');
  expect(logged({ err: error })).not.toContain('swordfish');
  expect(logged({ err: transaction })).not.toContain('swordfish');
});

describe('no secret reaches the log', () => {
  const inside = new Error(`bad key ${KEY}`, { cause: new Error(`redis://u:${PASSWORD}@h:1/0 is away`) });
  test.each<[string, object, string?]>([
    ['in the message', {}, `key ${KEY}, secret ${SECRET}, at redis://:${PASSWORD}@h:6379`],
    ['after a line break', {}, `\n${KEY}\t${SECRET}\n`],
    ['in a field', { url: `rediss://user:${PASSWORD}@h/1`, key: KEY }],
    ['in a field of its name', { apiKey: PASSWORD, password: PASSWORD, webhook_secret: PASSWORD }],
    ['in a field one level down', { agent: { apiKey: PASSWORD, webhookSecret: PASSWORD } }],
    ['in a field many levels down', { a: { b: [{ c: { d: { Authorization: PASSWORD, token: 'x"y' } } }] } }],
    ['in an error, its stack and its cause', { err: inside }],
    ['in the fields of an error', { err: Object.assign(new Error('x'), { config: { secret: PASSWORD } }) }],
    ['in a list', { keys: [KEY, SECRET] }],
  ])('%s', (_, fields, text) => {
    const line = logged(fields, text);
    expect(line).not.toContain('0123456789');
    expect(line).not.toContain('abc+DEF');
    expect(line).not.toContain('/123=');
    expect(line).not.toContain(PASSWORD);
    expect(line).not.toContain('x\\"y');
    expect(line).toContain('[redacted]');
  });
});

test('a line is JSON without the secret, whatever surrounds it', () => {
  const secret = fc.constantFrom(KEY, SECRET, `redis://user:${PASSWORD}@redis.example:6379`);
  const around = fc.string({ unit: 'binary', maxLength: 20 });
  const level = fc.constantFrom('text', 'err', 'deep');
  fc.assert(
    fc.property(around, secret, around, level, (before, hidden, after, where) => {
      const text = `${before} ${hidden} ${after}`;
      const fields = { text: { text }, err: { err: new Error(text) }, deep: { a: { b: { c: [text] } } } }[
        where
      ];
      const line = logged(fields, text);
      for (const part of ['0123456789', 'abc+DEF', PASSWORD]) expect(line).not.toContain(part);
    }),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 300) },
  );
});

test('a line stays JSON, with everything else unchanged', () => {
  const { log, lines } = openLog();
  const fields = {
    address: 'http://127.0.0.1:4001',
    client: 'ada@example.com',
    url: 'https://a.example:8/x?y=z@b',
  };
  log.info(fields, 'ingestor listens');
  log.info({ redis: `redis://u:${PASSWORD}@h:6379/2`, from: 'b@example.com' }, 'a "quoted" text');
  expect(lines).toMatchObject([
    { ...fields, msg: 'ingestor listens' },
    { redis: 'redis://u:[redacted]@h:6379/2', from: 'b@example.com', msg: 'a "quoted" text' },
  ]);
});

test('a password with an @ is removed completely', () => {
  expect(withoutSecrets(`redis://u:p@ss${PASSWORD}@h:6379 away`)).toBe('redis://u:[redacted]@h:6379 away');
});

test('a similar id or name stays', () => {
  const text = 'the atelier, atelier_x, https://api.useatelier.ai/x@y and whsec of ord_1';
  expect(withoutSecrets(text)).toBe(text);
});

test('lines below the level are left out, and every line names its app', () => {
  const { log, lines } = openLog('warn');
  log.info('no');
  log.warn({ orderId: 'ord_1' }, 'yes');
  expect(lines).toMatchObject([{ name: 'test', orderId: 'ord_1', msg: 'yes', level: 40 }]);
});

describe('every key of a line is unique', () => {
  const keysOf = (text = ''): string[] => [...text.matchAll(/[{,]"([^"]+)":/g)].map(([, key]) => key ?? '');
  const line = (bound: object, fields: object): { text: string; json: Record<string, unknown> } => {
    const { log, texts, lines } = openLog();
    log.child(bound).info(fields, 'it happened');
    return { text: texts[0] ?? '', json: lines[0] ?? {} };
  };

  test('a bound field is written once', () => {
    const { text, json } = line({ orderId: 'ord_1', round: '0' }, { orderId: 'ord_1', round: '1', draft: 2 });
    expect(new Set(keysOf(text)).size).toBe(keysOf(text).length);
    expect(json).toMatchObject({ orderId: 'ord_1', round: '0', 'fields.round': '1', draft: 2 });
  });

  test.each(['level', 'time', 'msg', 'name', 'pid', 'hostname'])(
    "a field named %s does not replace the logger's own field",
    (key) => {
      const { text, json } = line({}, { [key]: 'of a handler' });
      expect(keysOf(text).filter((written) => written === key)).toHaveLength(1);
      expect(json[`fields.${key}`]).toBe('of a handler');
      expect(json).toMatchObject({ level: 30, msg: 'it happened', name: 'test' });
    },
  );
});
