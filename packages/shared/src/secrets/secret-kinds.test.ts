import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../test-support/records.ts';
import { KnownSecrets } from './known-secrets.ts';
import { holdsLikelySecret } from './likely-secrets.ts';
import { withoutForeignSecrets, withoutSecrets } from './process-secrets.ts';
import { SECRET_KINDS } from './secret-kinds.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const ALPHANUMERIC = `${LETTERS}${LETTERS.toUpperCase()}0123456789`;
/** A random part with digits, as an issuer makes it. */
const random = (characters: string, { minLength = 24, maxLength = 40 } = {}) =>
  fc
    .string({ unit: fc.constantFrom(...characters), minLength, maxLength })
    .map((part) => `1a2b3c4d5e6f${part}`);

/** For each kind: the text around its random part. */
const SECRETS: Record<keyof typeof SECRET_KINDS, fc.Arbitrary<readonly [string, string, string]>> = {
  marketplaceKey: random(ALPHANUMERIC).map((part) => ['atelier_', part, '']),
  webhookSecret: random(`${ALPHANUMERIC}+/`).map((part) => ['whsec_', part, '']),
  modelKey: random(ALPHANUMERIC).map((part) => ['sk-proj-', part, '']),
  bearerToken: random(ALPHANUMERIC).map((part) => ['Bearer ', part, '']),
  basicCredentials: random(ALPHANUMERIC).map((part) => ['Authorization: Basic ', part, '']),
  codeHostToken: random(ALPHANUMERIC).map((part) => ['ghp_', part, '']),
  jsonWebToken: random(ALPHANUMERIC).map((part) => ['eyJhbGciOiJIUzI1.eyJzdWIiOiIx.', part, '']),
  awsAccessKey: fc
    .string({ unit: fc.constantFrom(...'ABCDEFGH234567'), minLength: 16, maxLength: 16 })
    .map((part) => ['AKIA', part, '']),
  privateKey: random(`${ALPHANUMERIC}+/`, { minLength: 60, maxLength: 90 }).map((part) => [
    '-----BEGIN PRIVATE KEY-----\n',
    part,
    '\n-----END PRIVATE KEY-----',
  ]),
  urlPassword: random(`${ALPHANUMERIC}!$&*`).map((part) => ['redis://user:', part, '@host:6379']),
};
/** Texts that end with a space, so that they do not continue into a secret. */
const around = fc.string({ maxLength: 20 }).map((text) => `${text.replaceAll(/["\\/:@]/g, '.')} `);

describe.each(Object.entries(SECRETS))('%s', (name, secrets) => {
  const texts = fc.tuple(around, secrets, around).map(([before, [start, part, end], after]) => ({
    text: `${before}${start}${part}${end} ${after}`,
    part,
  }));

  test('is removed from every text, our own and foreign', () => {
    fc.assert(
      fc.property(texts, ({ text, part }) => {
        const safe = withoutSecrets(text);
        expect(safe).toContain('[redacted]');
        expect(safe).not.toContain(part);
        expect(withoutSecrets(safe)).toBe(safe);
        expect(withoutForeignSecrets(text)).not.toContain(part);
      }),
      runs(200),
    );
  });

  test('is removed from a line of JSON, which stays JSON', () => {
    fc.assert(
      fc.property(texts, ({ text, part }) => {
        const safe = withoutSecrets(JSON.stringify({ msg: text, after: 1 }));
        expect(safe).not.toContain(part);
        expect(JSON.parse(safe)).toMatchObject({ after: 1 });
      }),
      runs(200),
    );
  });

  test('is detected in a text for a buyer, if its form differs from a placeholder', () => {
    fc.assert(
      fc.property(texts, ({ text, part }) => {
        fc.pre(!/your|example|dummy|sample|insert|fake|x{4}|\*{3}/i.test(part));
        const hasForm = 'likely' in SECRET_KINDS[name as keyof typeof SECRET_KINDS];
        expect(holdsLikelySecret(text)).toBe(hasForm);
      }),
      runs(200),
    );
  });
});

test('a text of ordinary words stays unchanged, and has no likely secret', () => {
  const words = fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(words), (list) => {
      const text = list.join(' ');
      expect(withoutForeignSecrets(text)).toBe(text);
      expect(holdsLikelySecret(text)).toBe(false);
    }),
    runs(300),
  );
});

test('a foreign text may quote a part of a secret, which is removed, too', () => {
  expect(withoutForeignSecrets('wrong key sk-proj-****1234, Bearer abc')).toBe(
    'wrong key sk-[redacted], Bearer [redacted]',
  );
});

test('a known secret of any form is removed, also if it begins with another secret', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 8 }).filter((value) => !/^\d+$/.test(value) && !'[redacted]'.includes(value)),
      fc.string(),
      (value, more) => {
        const secrets = new KnownSecrets();
        secrets.keep(value, value + more);
        expect(secrets.isIn(`a${value}b`)).toBe(true);
        expect(secrets.redact(value + more)).not.toContain(value);
        expect(secrets.redact(encodeURIComponent(value.toWellFormed()))).not.toContain(value);
      },
    ),
    runs(300),
  );
});
