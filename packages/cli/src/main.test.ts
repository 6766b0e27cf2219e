import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

const NAMES = ['alerts', 'doctor', 'ledger', 'password', 'start', 'try'];

/** Calls a file of this folder as an operator's script does. */
function call(file: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH, ATELIER_BASE_URL: 'ftp://nowhere.example' };
    execFile(
      process.execPath,
      [path.join(import.meta.dirname, file), ...args],
      { env },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

test.each([[['--help']], [['-h']], [['--', '--help']]])(
  '%j lists the subcommands with one line each',
  async (args) => {
    const { code, stdout, stderr } = await call('main.ts', ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [, list = ''] = stdout.split('Commands:\n');
    const lines = list.trimEnd().split('\n');
    expect(lines.map((line) => line.trim().split(/\s/)[0])).toEqual(NAMES);
    for (const line of lines) expect(line).toMatch(/^ {2}\w+(?: \[options\])? {2,}\w.{10,60}$/);
  },
);

test('each file in commands/ is a subcommand', async () => {
  expect((await readdir(path.join(import.meta.dirname, 'commands'))).sort()).toEqual(
    NAMES.map((name) => `${name}.ts`),
  );
});

test.each(NAMES)('%s --help explains the command, its options and its exit codes', async (name) => {
  const { code, stdout, stderr } = await call('main.ts', name, '--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(new RegExp(`^Usage: pnpm fulfillment ${name} \\[options\\](?: \\[command\\])?\n`));
  expect(stdout).toMatch(/\nOptions:\n {2}(?:-h, )?--\w+ /);
  expect(stdout).toContain('\nExit codes:\n  0 ');
});

test('a call without a subcommand ends with 2 and prints the help', async () => {
  const { code, stdout, stderr } = await call('main.ts');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('Commands:');
});

test.each<[string, string[], number, string]>([
  [
    'main.ts',
    ['strat'],
    2,
    "pnpm fulfillment: unknown command 'strat' (Did you mean start?). See pnpm fulfillment --help",
  ],
  [
    'main.ts',
    ['--nonsense', 'try'],
    2,
    "pnpm fulfillment: unknown option '--nonsense'. See pnpm fulfillment --help",
  ],
  [
    'main.ts',
    ['doctor', '--jsno'],
    2,
    "pnpm fulfillment doctor: unknown option '--jsno' (Did you mean --json?). See pnpm fulfillment doctor --help",
  ],
  [
    'main.ts',
    ['try', '--breif', 'A cat'],
    2,
    "pnpm fulfillment try: unknown option '--breif' (Did you mean --brief?). See pnpm fulfillment try --help",
  ],
  [
    'main.ts',
    ['start', '--fliter', 'admin'],
    78,
    "pnpm fulfillment start: unknown option '--fliter' (Did you mean --filter?). See pnpm fulfillment start --help",
  ],
  [
    'main.ts',
    ['doctor', 'json'],
    2,
    "pnpm fulfillment doctor: too many arguments for 'doctor'. Expected 0 arguments but got 1: json. See pnpm fulfillment doctor --help",
  ],
  [
    'aliases/start.ts',
    ['--filter'],
    78,
    "pnpm start: option '--filter <app>' argument missing. See pnpm start --help",
  ],
  [
    'aliases/handler-try.ts',
    ['--', '--breif'],
    2,
    "pnpm handler:try: unknown option '--breif' (Did you mean --brief?). See pnpm handler:try --help",
  ],
])('%s %j is rejected with one line', async (file, args, status, line) => {
  expect(await call(file, ...args)).toEqual({ code: status, stdout: '', stderr: `${line}\n` });
});

test('an unknown app is a configuration error of start, and ends with 78', async () => {
  const { code, stderr } = await call('main.ts', 'start', '--filter', 'poller');
  expect(code).toBe(78);
  expect(stderr).toMatch(/"poller".*ingestor, generation-worker/);
});

test('doctor ends with 1 if it finds a problem, such as a setting that is not an address', async () => {
  const { code, stdout } = await call('main.ts', 'doctor', '--json');
  expect(code).toBe(1);
  expect(stdout).toContain('"level":"problem","about":"settings"');
});
