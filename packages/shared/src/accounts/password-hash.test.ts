import { expect, test } from 'vitest';
import { hashPassword, isPasswordHash, isPasswordOf } from './password-hash.ts';

const PASSWORD = 'correct horse battery';

test('a hash belongs to its password alone, and does not contain it', async () => {
  const hash = await hashPassword(PASSWORD);
  expect(isPasswordHash(hash)).toBe(true);
  expect(hash).not.toContain('horse');
  expect(await isPasswordOf(hash, PASSWORD)).toBe(true);
  for (const other of ['', 'Correct horse battery', `${PASSWORD} `]) {
    expect(await isPasswordOf(hash, other)).toBe(false);
  }
});

test('two hashes of one password differ', async () => {
  expect(await hashPassword(PASSWORD)).not.toBe(await hashPassword(PASSWORD));
});

test('a password may be typed on another keyboard', async () => {
  const hash = await hashPassword('Käsekuchen'.normalize('NFC'));
  expect(await isPasswordOf(hash, 'Käsekuchen'.normalize('NFD'))).toBe(true);
});

test.each([
  '',
  PASSWORD,
  'scrypt:15:8:1:short:key',
  `scrypt:28:8:1:${'a'.repeat(22)}:${'a'.repeat(43)}`,
  `scrypt:15:99:1:${'a'.repeat(22)}:${'a'.repeat(43)}`,
  `scrypt:01:8:1:${'a'.repeat(22)}:${'a'.repeat(43)}`,
  `scrypt:15:8:1:${'a'.repeat(22)}:${'a'.repeat(43)}\n`,
])('%j is not a hash, and belongs to no password', async (text) => {
  expect(isPasswordHash(text)).toBe(false);
  expect(await isPasswordOf(text, '')).toBe(false);
  expect(await isPasswordOf(text, text)).toBe(false);
});
