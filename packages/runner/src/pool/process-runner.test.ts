import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stagedFile } from '@fulfillment/artifacts';
import { waitFor } from '@fulfillment/processes';
import { afterAll, describe, expect, test } from 'vitest';
import { isRefusal } from '../calls/perform-call.ts';
import { HandlerProcessError, TimeLimitError } from '../errors.ts';
import { openRunner, orderOf } from '../test-support/calls.ts';

const KEY = 'atelier_key_of_the_shop_1';
const SECRET = 'the webhook secret of the shop';
const shared = await openRunner({
  env: {
    ...process.env,
    REDIS_URL: 'redis://127.0.0.1:1',
    ADMIN_PASSWORD: 'a password of the console',
    LEDGER_URL: 'postgres://ledger:a-password@127.0.0.1/ledger',
    SHOP_KEY: KEY,
    SHOP_WEBHOOKS: SECRET,
    OTHER_SHOP_KEY: 'atelier_key_of_another_shop',
    MODEL_API_KEY: 'the key of a model',
  },
  withheld: [KEY, SECRET],
});
const { generate, lines, folder } = shared;
afterAll(() => shared[Symbol.asyncDispose]());

/** The text of the last file that a call generated. */
async function textOf(name: string, answer: Awaited<ReturnType<typeof generate>>): Promise<string> {
  const artifact = isRefusal(answer) ? undefined : answer.parts.at(-1)?.product.artifact;
  return artifact === undefined ? '' : readFile(stagedFile(path.join(folder, name), artifact), 'utf8');
}

/** Runs a handler beside an innocent one. The innocent call must not notice. */
async function poison(name: string, given: Parameters<typeof generate>[1] = {}): Promise<Error> {
  const [innocent, failure] = await Promise.all([
    generate('innocent'),
    generate(name, given).then(
      () => new Error('the call succeeded'),
      (error: Error) => error,
    ),
  ]);
  expect(innocent).toMatchObject({ handler: 'innocent' });
  return failure;
}

async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/\) [ZX] /.test(stat);
}

test('the whole context works across the boundary', async () => {
  const asked: unknown[] = [];
  const answer = await generate('everything', {
    requests: {
      usage: async (used) => void asked.push(used.costUsd),
      remember: async (json) => void asked.push(json),
      progress: async (value) => void asked.push(value),
      thread: async () => [{ id: 'm1', sender: 'buyer', content: 'bluer', at: 1 } as never],
      read: async () => new Blob(['of before']),
      store: async (staged) => ({ ...staged, url: 'https://files.example/a.txt' }),
    },
    input: {
      order: orderOf('everything', ['https://example.com/']),
      remembered: '{"job":6}',
      earlier: [
        {
          round: 0,
          deliverables: [
            {
              url: 'https://files.example/0',
              mediaType: 'text',
              artifact: { path: 'p', fileName: 'f', contentType: 'text/plain', bytes: 9 },
            },
          ],
        },
      ],
    },
  });
  expect(asked).toEqual([50, 0.5, '{"job":7}']);
  expect(JSON.parse(await textOf('everything', answer))).toEqual({
    remembered: { job: 6 },
    texts: ['bluer'],
    earlier: 'of before',
    isFrozen: true,
  });
  const line = lines.find(({ message }) => message === 'a line');
  expect(line).toMatchObject({ level: 'warn', fields: { big: '1', failure: { message: 'a cause' } } });
  await waitFor('the printed line', () => lines.some(({ message }) => message === 'printed'));
});

test('a handler sees the keys of its own services, and no secret of the product', async () => {
  const env = JSON.parse(await textOf('secrets', await generate('secrets')));
  expect(env).toMatchObject({ MODEL_API_KEY: 'the key of a model' });
  for (const name of ['REDIS_URL', 'ADMIN_PASSWORD', 'LEDGER_URL']) expect(env).not.toHaveProperty(name);
  for (const name of ['SHOP_KEY', 'SHOP_WEBHOOKS', 'OTHER_SHOP_KEY'])
    expect(env[name]).toBe('atelier_withheld');
});

describe('a handler hurts only its own order', () => {
  test.each([
    [
      'exits',
      'its process ended with exit code 3 before the handler was done. Its last output: the last words',
    ],
    ['aborts', 'its process was killed by SIGABRT'],
    ['forgets a rejection', 'its process ended by an unhandled rejection: nobody awaited this'],
    ['throws from a timer', 'its process ended by an uncaught exception: thrown from a timer'],
    ['speaks nonsense', 'it sent a message that is not JSON'],
    ['fills memory outside its heap', 'its process used more than 256 MB of memory (HANDLER_MEMORY_MB)'],
    ['fills its heap', 'its process used more than 256 MB of memory (HANDLER_MEMORY_MB)'],
  ])('that %s', async (name, reason) => {
    const failure = await poison(name);
    expect(failure).toBeInstanceOf(HandlerProcessError);
    expect(failure.message).toContain(reason);
  });

  test.each([
    ['throws a text', 'only a text'],
    ['throws nothing', 'undefined'],
  ])('that %s', async (name, message) => {
    expect(await poison(name)).toMatchObject({ message });
  });

  test('that blocks without end: the time limit ends it, and the programs that it started', async () => {
    const pidFile = path.join(folder, 'pid');
    const input = { order: orderOf('blocks without end', [pidFile]) };
    const failure = await poison('blocks without end', { input, timeLimitMs: 3500 });
    expect(failure).toBeInstanceOf(TimeLimitError);
    expect(failure.message).toMatch(
      /^took longer than its time limit of 3.5 s, and has blocked its process for \d s/,
    );
    const pid = Number(await readFile(pidFile, 'utf8'));
    await waitFor('the end of its program', async () => !(await isRunning(pid)));
  });

  test('that ignores its abort', async () => {
    const failure = await poison('waits without end', { timeLimitMs: 200 });
    expect(failure.message).toBe('took longer than its time limit of 0.2 s');
    await waitFor('the reason', () =>
      lines.some(({ message }) => message === 'the process of a handler is ended'),
    );
  });

  test('that prints without end', async () => {
    const failure = await poison('prints without end', { timeLimitMs: 1500 });
    expect(failure.message).toBe('took longer than its time limit of 1.5 s');
    expect(lines.length).toBeLessThan(5000);
  });

  test('that starts programs and exits: the programs end with it', async () => {
    const pidFile = path.join(folder, 'pids');
    const input = { order: orderOf('starts programs', [pidFile]) };
    expect(await poison('starts programs', { input })).toMatchObject({
      message: 'its process ended with exit code 0 before the handler was done',
    });
    expect(await isRunning(Number(await readFile(pidFile, 'utf8')))).toBe(false);
  });
});

test('a handler that blocks within its time limit is done at its first call', async () => {
  expect(await generate('blocks for a while', { timeLimitMs: 5000 })).toMatchObject({
    handler: 'blocks for a while',
  });
});

test('a supervisor that signals every process ends no call', async () => {
  expect(await generate('gets a signal to end')).toMatchObject({ handler: 'gets a signal to end' });
});

const REPLACED = 'the handler left work running: its process is replaced';

test('work that a handler left running cannot hurt the next order', async () => {
  await using alone = await openRunner({ size: 1 });
  const trigger = path.join(alone.folder, 'trigger');
  await alone.generate('leaves a timer', { input: { order: orderOf('leaves a timer', [trigger]) } });
  await waitFor('the replacement', () => alone.lines.some(({ message }) => message === REPLACED));
  const innocent = alone.generate('innocent');
  await writeFile(trigger, '');
  expect(await innocent).toMatchObject({ handler: 'innocent' });
});

test('a call does not begin in a process that is about to be replaced', async () => {
  await using alone = await openRunner({ size: 1, timings: { retire: 50 } });
  const made = await alone.generate('leaves a timer at its choice', {
    beforeGenerate: () =>
      waitFor('the replacement', () => alone.lines.some(({ message }) => message === REPLACED)),
  });
  expect(made).toMatchObject({ handler: 'leaves a timer at its choice' });
});

test('memory that handlers keep cannot hurt the next order', async () => {
  await using alone = await openRunner({ size: 1 });
  for (let order = 0; order < 3; order += 1) await alone.generate('keeps memory');
  expect(await alone.generate('innocent')).toMatchObject({ handler: 'innocent' });
});
