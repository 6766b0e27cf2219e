import { createInterface } from 'node:readline';
import { hashPassword, SHORTEST_PASSWORD } from '@fulfillment/shared';
import { read } from 'read';

/**
 * Reads a password, and prints its hash on the standard output.
 * @returns the exit code.
 */
export async function printPasswordHash(): Promise<number> {
  const password = process.stdin.isTTY ? await askTwice() : await firstLine();
  if (password === null) return failure('The two passwords differ. Nothing was printed.');
  if (password.length < SHORTEST_PASSWORD) {
    return failure(`A password needs ${SHORTEST_PASSWORD} characters at least.`);
  }
  console.log(await hashPassword(password));
  return 0;
}

/** Prompts go to the standard error, so that the hash alone can be redirected to a file. */
async function askTwice(): Promise<string | null> {
  const ask = (prompt: string) => read<string>({ prompt, silent: true, output: process.stderr });
  const password = await ask('Password: ');
  const repeated = await ask('Password again: ');
  return password === repeated ? password : null;
}

/** A line break at the end is not part of the password. */
async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  return '';
}

function failure(message: string): number {
  console.error(message);
  return 1;
}
