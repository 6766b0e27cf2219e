import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = await mkdtemp(path.join(os.tmpdir(), 'handler-try-cli-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const PACKAGE = path.join(import.meta.dirname, '../../../handlers/src/index.ts');
const CLI = path.join(import.meta.dirname, '../aliases/handler-try.ts');

/** An operator's configuration. Its agents have no key on this machine, its channels no token. */
const config = path.join(folder, 'fulfillment.config.ts');
await writeFile(
  config,
  `import { defineConfig, defineHandler, email, slack, webhook } from ${JSON.stringify(PACKAGE)};
const echo = defineHandler({
  name: 'echo', match: 'default',
  async generate({ order, round, feedback, progress }) {
    await progress('echoing');
    const body = JSON.stringify({ brief: order.brief, images: order.referenceImages, urls: order.referenceUrls, answers: order.requirementAnswers, round, feedback });
    return { body, contentType: 'application/json', fileName: 'echo.json' };
  },
});
const broken = defineHandler({ name: 'broken', match: { category: 'seo' }, generate: () => { throw new Error('no GPU'); } });
const dear = defineHandler({
  name: 'dear', match: { category: 'ugc' },
  validate: () => undefined,
  quote: ({ order }) => order.brief.length > 100 ? { refuse: 'too long' } : '12.5',
  async generate({ usage, earlier, remember }) {
    await usage({ what: 'gpt-5', inputTokens: 10, costUsd: 0.25 });
    await remember('job-1');
    const before = await earlier[0]?.deliverables[0]?.read();
    if (before === undefined) throw new Error('no GPU');
    return { body: 'was: ' + (await before.text()), contentType: 'text/plain' };
  },
});
const deaf = defineHandler({
  name: 'deaf', match: { category: 'coding' }, timeLimitSeconds: 0.1,
  generate: () => new Promise((resolve) => setTimeout(resolve, 60_000)),
});
export default defineConfig({
  agents: [{ name: 'a', apiKey: process.env.NO_SUCH_KEY }],
  handlers: [echo, broken, dear, deaf],
  alerts: {
    channels: [
      { name: 'team', channel: slack({ webhookUrl: process.env.NO_SUCH_URL }) },
      { name: 'mail', channel: email({ smtpUrl: process.env.NO_SUCH_URL, from: 'a@b.example', to: 'c@b.example' }) },
      { name: 'program', channel: webhook({ url: process.env.NO_SUCH_URL, secret: process.env.NO_SUCH_SECRET }) },
    ],
    heartbeat: { url: process.env.NO_SUCH_URL },
  },
});
`,
);

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command as an operator does. */
function run(...args: string[]): Promise<Ended> {
  return runWith({}, args);
}

function runWith(env: Record<string, string>, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [CLI, ...args],
      { cwd: folder, env: { ...process.env, ...env } },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

test('a handler runs once, without keys, marketplace and Redis, and its output can be opened', async () => {
  await writeFile(path.join(folder, 'cat.png'), 'PNG');
  const options = [
    '--image',
    'cat.png',
    '--image',
    'https://example.com/b.png',
    '--url',
    'https://example.com',
  ];
  const { code, stdout } = await run(
    '--handler',
    'echo',
    '--brief',
    'A cat.',
    ...options,
    '--answer',
    'size=a=b',
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^Handler "echo", first delivery:\n {2}echoing\n {2}code: handler-try\/.*\/echo\.json /,
  );
  expect(stdout).toMatch(/\n1 to deliver, after \d+\.\d s\n$/);
  const file = /code: (\S+)/.exec(stdout)?.[1] ?? '';
  expect(JSON.parse(await readFile(path.join(folder, file), 'utf8'))).toEqual({
    brief: 'A cat.',
    images: ['data:image/png;base64,UE5H', 'https://example.com/b.png'],
    urls: ['https://example.com'],
    answers: { size: 'a=b' },
    round: 0,
    feedback: null,
  });
});

test('with feedback, the run is a revision', async () => {
  const { stdout } = await run(
    '--handler',
    'echo',
    '--brief',
    'A cat.',
    '--feedback',
    'Bluer.',
    '--out',
    'there',
  );
  expect(stdout).toContain('Handler "echo", revision 1:');
  expect(stdout).toContain('code: there/');
});

test.each(['abc', '64'])('a wrong memory limit is an error before the handler runs: %s', async (limit) => {
  const { code, stderr } = await runWith({ HANDLER_MEMORY_MB: limit }, [
    '--handler',
    'echo',
    '--brief',
    'A cat.',
  ]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^HANDLER_MEMORY_MB is wrong: .*Set it to a number of MB/);
});

test('a failed handler ends with 1, its reason and its stack, without secrets', async () => {
  const { code, stderr } = await run('--handler', 'broken', '--brief', 'A cat.');
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^Not deliverable, after \d+\.\d s\. Error: no GPU\n {4}at .*fulfillment\.config\.ts:\d+/,
  );
});

test('the output shows the answers before payment, and the cost of a failed try', async () => {
  const { code, stdout, stderr } = await run('--handler', 'dear', '--brief', 'A cat.');
  expect(code).toBe(1);
  expect(stdout).toBe(`Handler "dear", first delivery:
  validate: takes the brief
  quote: 12.50 USD
  used gpt-5: 10 tokens in, 0.25 USD
`);
  expect(stderr).toMatch(/^Not deliverable, after \d+\.\d s, for 0\.25 USD\. Error: no GPU\n {4}at /);
  const long = await run('--handler', 'dear', '--brief', 'A cat. '.repeat(20));
  expect(long.stdout).toContain('quote: refuses: too long');
});

test('a revision reads the earlier deliverables of the command line', async () => {
  await writeFile(path.join(folder, 'before.txt'), 'a red cat');
  const revision = ['--feedback', 'Bluer.', '--earlier', 'before.txt'];
  const { code, stdout } = await run('--', '--handler', 'dear', '--brief', 'A cat.', ...revision);
  expect(code).toBe(0);
  expect(stdout).toMatch(/\n1 to deliver, after \d+\.\d s, for 0\.25 USD\n$/);
  const file = /text: (\S+)/.exec(stdout)?.[1] ?? '';
  expect(await readFile(path.join(folder, file), 'utf8')).toBe('was: a red cat');
});

test('a handler that ignores its signal does not block the command', async () => {
  const begun = performance.now();
  const { code, stderr } = await run('--handler', 'deaf', '--brief', 'A cat.');
  expect(code).toBe(1);
  expect(stderr).toContain('took longer than its time limit of 0.1 s');
  expect(performance.now() - begun).toBeLessThan(15_000);
});

test.each([
  [['--brief', 'A cat.'], 'Which handler? --handler <name>. There are: "echo", "broken", "dear", "deaf"'],
  [
    ['--handler', 'no', '--brief', 'A cat.'],
    'There is no handler "no". There are: "echo", "broken", "dear", "deaf"',
  ],
  [['--handler', 'echo'], 'Say what the buyer wants: --brief'],
  [['--handler', 'echo', '--brief', 'x', '--image', 'no.png'], '--image no.png: ENOENT'],
  [['--handler', 'echo', '--brief', 'x', '--earlier', 'cat.png'], '--earlier belongs to a --feedback'],
  [['--handler', 'echo', '--brief', 'x', '--answer', 'x'], 'is not of the form field=answer'],
  [['--nonsense'], 'See pnpm handler:try --help'],
  [['--config', 'no.ts', '--brief', 'x'], 'no.ts cannot be loaded'],
])('%j is a wrong call, which ends with 2 and advice', async (args, told) => {
  const { code, stdout, stderr } = await run(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(told);
});

test('--help lists every option', async () => {
  const { code, stdout } = await run('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('--handler <name>');
  expect(stdout).toContain('Exit codes:\n  0 ');
});
