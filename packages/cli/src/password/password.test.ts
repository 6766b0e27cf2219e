import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { isPasswordOf } from '@fulfillment/shared';
import { expect, test } from 'vitest';

const MAIN = path.join(import.meta.dirname, '../main.ts');

async function hash(input: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, 'password'], { env: { PATH: process.env.PATH } });
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

test('the command prints one line: the hash of the first line of its input', async () => {
  const { code, stdout, stderr } = await hash('correct horse battery\r\nanother line\n');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^scrypt:[\w:-]+\n$/);
  expect(await isPasswordOf(stdout.trim(), 'correct horse battery')).toBe(true);
});

test('a password that is too short is not hashed', async () => {
  expect(await hash('short\n')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'A password needs 8 characters at least.\n',
  });
});
