import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { access, appendFile, readdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { InvalidOutputError, PermanentError } from '../errors.ts';
import { openBench } from '../test-support/context.ts';
import { type CommandOptions, command } from './command.ts';

const reading = vi.hoisted(() => ({ onOpen: () => {} }));
vi.mock('./program-files.ts', async (importOriginal) => {
  const real = await importOriginal<typeof import('./program-files.ts')>();
  const openProgramFiles: typeof real.openProgramFiles = (...args) => {
    reading.onOpen();
    return real.openProgramFiles(...args);
  };
  return { ...real, openProgramFiles };
});

const bench = await openBench();

/** Runs a shell script as an operator's program. */
function sh(script: string, options: Partial<CommandOptions> = {}) {
  return command({ run: ['/bin/sh', '-c', script], ...options });
}
/** A process that ended is a zombie until its parent collects it. */
const isRunning = (pid: number) => {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
};
/** The processes of a group that run at this moment, as Linux lists them. */
const aliveIn = (group: number) =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [state = '', , of] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return Number(of) === group && !'ZX'.includes(state) ? [`${name} ${state}`] : [];
      } catch {
        // The process ended between the two reads.
        return [];
      }
    });
const contentOf = (saved: { artifact: { path: string } }) =>
  readFile(path.join(bench.folder, saved.artifact.path), 'utf8');

describe('a program', () => {
  test('reads the job, and the files in its folder are delivered in the order of their names', async () => {
    const { ctx, progress } = bench.context({
      brief: 'A cat; $(touch /tmp/never)',
      feedback: 'Bluer.',
      round: 1,
    });
    const made = await sh(
      'echo reading; cat > "$FULFILLMENT_OUTPUT/b.json"; echo "$FULFILLMENT_ORDER_ID $FULFILLMENT_ROUND" > "$FULFILLMENT_OUTPUT/a.txt"',
    )(ctx);
    expect(made.map(({ artifact }) => [artifact.fileName, artifact.contentType])).toEqual([
      ['a.txt', 'text/plain'],
      ['b.json', 'application/json'],
    ]);
    const [a, b] = made;
    expect(a && (await contentOf(a))).toBe(`${ctx.order.id} 1\n`);
    expect(b && JSON.parse(await contentOf(b))).toMatchObject({
      order: { brief: 'A cat; $(touch /tmp/never)' },
      round: 1,
      feedback: 'Bluer.',
      isDispute: false,
      earlier: [],
    });
    expect(progress).toEqual(['reading']);
  });

  test('may read the job from variables, which are cut to the size of a variable', async () => {
    const { ctx } = bench.context({
      brief: `A cat${'\0'};\n$(touch /tmp/never) ${'ü'.repeat(100_000)}`,
      feedback: 'Bluer.',
      round: 1,
      order: { requirementAnswers: { tone: 'dry' }, referenceUrls: ['https://example.com/style'] },
    });
    const [seen] = await sh('env > "$FULFILLMENT_OUTPUT/env.txt"')(ctx);
    const text = (seen && (await contentOf(seen))) ?? '';
    for (const line of [
      `FULFILLMENT_ORDER_ID=${ctx.order.id}`,
      'FULFILLMENT_ROUND=1',
      'FULFILLMENT_IS_DISPUTE=',
      'FULFILLMENT_SERVICE_TITLE=A drawing',
      'FULFILLMENT_FEEDBACK=Bluer.',
      'FULFILLMENT_NOTE=',
      'FULFILLMENT_ANSWERS={"tone":"dry"}',
      'FULFILLMENT_REFERENCE_URLS=https://example.com/style',
      'FULFILLMENT_BRIEF=A cat;',
    ]) {
      expect(`\n${text}`).toContain(`\n${line}\n`);
    }
    const brief = /^\$\(touch \/tmp\/never\) (ü+)$/m.exec(text)?.[1] ?? '';
    expect(brief.length).toBeGreaterThan(29_000);
    expect(brief.length).toBeLessThan(30_001);
  });

  test('sees only the variables that every program needs, and those of its options', async () => {
    process.env.ATELIER_API_KEY = 'atelier_secret';
    const { ctx } = bench.context();
    const [seen] = await sh('env > "$FULFILLMENT_OUTPUT/env.txt"', { env: { MODEL: 'small' } })(ctx);
    delete process.env.ATELIER_API_KEY;
    const text = seen && (await contentOf(seen));
    expect(text).toContain('MODEL=small');
    expect(text).toContain('PATH=');
    expect(text).not.toContain('atelier_secret');
  });

  test('may ignore its input', async () => {
    const { ctx } = bench.context({ brief: 'x'.repeat(1_000_000) });
    expect(await sh('exec <&-; echo ok > "$FULFILLMENT_OUTPUT/a.txt"')(ctx)).toHaveLength(1);
  });
});

describe('progress', () => {
  test('is the latest line, once a second at most, and always the last line', async () => {
    const { ctx, progress } = bench.context();
    await sh('seq 1 200000; printf "half\\rdone"; echo ok > "$FULFILLMENT_OUTPUT/a.txt"')(ctx);
    expect(progress.length).toBeLessThan(15);
    expect(progress.at(-1)).toBe('done');
  });

  test('of an endless line takes no memory', async () => {
    const { ctx, progress } = bench.context();
    const script =
      'head -c 600000000 /dev/zero | tr "\\0" x; echo; echo after; echo ok > "$FULFILLMENT_OUTPUT/a.txt"';
    expect(await sh(script)(ctx)).toHaveLength(1);
    expect(progress.at(-1)).toBe('after');
    expect(progress.every((text) => String(text).length <= 200)).toBe(true);
  }, 60_000);

  test('that cannot be shown does not fail the program', async () => {
    const { ctx } = bench.context();
    const progress = () => Promise.reject(new Error('Redis is away'));
    expect(await sh('echo one; echo ok > "$FULFILLMENT_OUTPUT/a.txt"')({ ...ctx, progress })).toHaveLength(1);
  });
});

describe('a program that fails', () => {
  test('is quoted with the end of its error output, in one line and without keys', async () => {
    const script =
      'seq 1 5000 >&2; echo "refused: Bearer abcdef123 sk-proj-12345678" >&2; echo "no GPU is free" >&2; exit 1';
    const reason = await sh(script)(bench.context().ctx).catch((error: Error) => error.message);
    expect(reason).toMatch(
      /^sh ended with exit code 1: .*4999 5000 refused: Bearer \[redacted\] sk-\[redacted\] no GPU is free$/,
    );
    expect(String(reason).length).toBeLessThan(400);
  });

  test('with too many files is reported before any of them is stored', async () => {
    const { ctx } = bench.context();
    const failed = sh('cd "$FULFILLMENT_OUTPUT"; for i in $(seq 1 51); do echo $i > $i.txt; done')(ctx);
    await expect(failed).rejects.toThrow('left 51 files, and may leave 50');
    await expect(failed).rejects.toBeInstanceOf(InvalidOutputError);
    expect(await readdir(bench.folder, { recursive: true })).not.toContainEqual(
      expect.stringContaining(ctx.order.id),
    );
  });

  test.each([1, 70, 75, 255])(
    'with exit code %i may be retried, and its last words are quoted',
    async (code) => {
      const failed = sh(`echo "no GPU is free" >&2; exit ${code}`)(bench.context().ctx);
      await expect(failed).rejects.toThrow(`sh ended with exit code ${code}: no GPU is free`);
      await expect(failed).rejects.not.toBeInstanceOf(PermanentError);
    },
  );

  test.each([64, 65, 66, 77, 78])('with exit code %i is not retried', async (code) => {
    await expect(sh(`exit ${code}`)(bench.context().ctx)).rejects.toBeInstanceOf(PermanentError);
  });

  test('with an exit code of the operator’s list is not retried', async () => {
    const failed = sh('exit 3', { permanentExitCodes: [3] })(bench.context().ctx);
    await expect(failed).rejects.toBeInstanceOf(PermanentError);
  });

  test('by a signal may be retried', async () => {
    await expect(sh('kill -9 $$')(bench.context().ctx)).rejects.toThrow('sh ended with SIGKILL');
  });

  test('to start is not retried', async () => {
    const failed = command({ run: ['/no/such/program'] })(bench.context().ctx);
    await expect(failed).rejects.toThrow('/no/such/program cannot be started');
    await expect(failed).rejects.toBeInstanceOf(PermanentError);
  });

  test.each([
    ['nothing', 'true', 'left no file'],
    ['a link', 'ln -s /etc/passwd "$FULFILLMENT_OUTPUT/a.txt"', 'not a plain file'],
    ['a folder', 'mkdir "$FULFILLMENT_OUTPUT/a"', 'not a plain file'],
    [
      'a hard link',
      'echo x > "$FULFILLMENT_OUTPUT/a"; ln "$FULFILLMENT_OUTPUT/a" "$FULFILLMENT_OUTPUT/b"',
      'hard link',
    ],
    ['a pipe', 'mkfifo "$FULFILLMENT_OUTPUT/a.txt"', 'not a plain file'],
    [
      'a name that is not UTF-8',
      'echo x > "$FULFILLMENT_OUTPUT/$(printf "a\\377.txt")"',
      'not UTF-8: "a\\xff.txt"',
    ],
    [
      'a link in place of its folder',
      'rmdir "$FULFILLMENT_OUTPUT"; ln -s /etc "$FULFILLMENT_OUTPUT"',
      'removed or replaced the folder',
    ],
    [
      'another folder in its place',
      'mv "$FULFILLMENT_OUTPUT" "$FULFILLMENT_OUTPUT.old"; mkdir "$FULFILLMENT_OUTPUT"; echo x > "$FULFILLMENT_OUTPUT/a"; rm -r "$FULFILLMENT_OUTPUT.old"',
      'removed or replaced the folder',
    ],
    ['no folder', 'rmdir "$FULFILLMENT_OUTPUT"', 'removed or replaced the folder'],
    ['an empty file', ': > "$FULFILLMENT_OUTPUT/a.txt"', 'an artifact is empty'],
    [
      'too much',
      'head -c 2000 /dev/zero > "$FULFILLMENT_OUTPUT/a.txt"',
      'wrote 2000 bytes, and may write 1000',
    ],
  ])('by leaving %s is reported', async (_what, script, reason) => {
    const failed = sh(script, { maxOutputBytes: 1000 })(bench.context().ctx);
    await expect(failed).rejects.toThrow(reason);
    await expect(failed).rejects.toBeInstanceOf(InvalidOutputError);
  });

  test.skipIf(process.platform !== 'linux')(
    'has its output read after all processes of its group ended',
    async () => {
      const { ctx, progress } = bench.context();
      let alive: string[] | undefined;
      reading.onOpen = () => {
        alive = aliveIn(Number(progress[0]));
      };
      // Many processes take a while to die, and none of them holds the output of the program open.
      const many = 'for i in $(seq 300); do sleep 600 >/dev/null 2>&1 & done';
      await sh(`echo $$; echo x > "$FULFILLMENT_OUTPUT/a.txt"; ${many}`)(ctx);
      expect(alive).toEqual([]);
    },
  );

  test('has its files read at their size when opened, even if somebody still writes', async () => {
    const { ctx, progress } = bench.context();
    const { save } = ctx.artifacts;
    const [made] = await sh('echo "$FULFILLMENT_OUTPUT"; printf whole > "$FULFILLMENT_OUTPUT/a.txt"')({
      ...ctx,
      artifacts: {
        async save(output) {
          await appendFile(path.join(String(progress[0]), 'a.txt'), ' and more');
          return save(output);
        },
      },
    });
    expect(made && (await contentOf(made))).toBe('whole');
  });

  test('by writing without end is ended while it runs', async () => {
    const script = 'while :; do head -c 1000 /dev/zero >> "$FULFILLMENT_OUTPUT/a.txt"; done';
    await expect(sh(script, { maxOutputBytes: 5000 })(bench.context().ctx)).rejects.toThrow(
      'and may write 5000',
    );
  });
});

describe('the end', () => {
  /**
   * Starts a program that prints its process id and the id of a process that it started, and keeps
   * running.
   */
  async function running(script: string) {
    const stop = new AbortController();
    const { ctx, progress, said } = bench.context({ signal: stop.signal });
    const ended = sh(script, { graceSeconds: 0.2 })(ctx);
    ended.catch(() => undefined);
    await said();
    return { stop, ended, pids: progress.join(' ').split(' ').map(Number) };
  }

  test.each([
    ['that obeys', 'sleep 600 & echo "$$ $!"; wait'],
    ['that ignores SIGTERM', 'trap "" TERM; sleep 600 & echo "$$ $!"; while :; do wait; done'],
  ])('of a program %s comes with the abort, and includes its child processes', async (_which, script) => {
    const { stop, ended, pids } = await running(script);
    expect(pids.map(isRunning)).toEqual([true, true]);
    stop.abort(new Error('the order was cancelled'));
    await expect(ended).rejects.toThrow('the order was cancelled');
    await expect.poll(() => pids.some(isRunning)).toBe(false);
  });

  test('of a program ends its remaining processes and removes its folder', async () => {
    const { ctx, progress } = bench.context();
    const [made] = await sh(
      'sleep 600 & echo "$! $FULFILLMENT_OUTPUT"; echo done > "$FULFILLMENT_OUTPUT/a.txt"',
    )(ctx);
    expect(made && (await contentOf(made))).toBe('done\n');
    const [pid, folder = ''] = progress.join(' ').split(' ');
    await expect.poll(() => isRunning(Number(pid))).toBe(false);
    expect(folder.startsWith(os.tmpdir())).toBe(true);
    await expect(access(folder)).rejects.toThrow('ENOENT');
  });

  test('of a program that changed its user is left to the operator, and ends no worker', async () => {
    const kill = process.kill.bind(process);
    const denied = vi.spyOn(process, 'kill').mockImplementation((pid, signal) => {
      if (pid < 0 && signal !== 0) throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
      return kill(pid, signal);
    });
    try {
      const { stop, ended, pids } = await running('trap "" TERM; echo "$$"; read -r line; exec sleep 1');
      stop.abort(new Error('the order was cancelled'));
      await expect.poll(() => denied.mock.calls.map(([, signal]) => signal)).toContain('SIGKILL');
      for (const pid of pids) kill(pid, 'SIGKILL');
      await expect(ended).rejects.toThrow('the order was cancelled');
    } finally {
      denied.mockRestore();
    }
  });

  test('of the worker ends the program, even if it ignores SIGTERM', async () => {
    const script = `
      import { command } from ${JSON.stringify(path.join(import.meta.dirname, 'command.ts'))};
      const ctx = { order: { id: 'a', brief: '', referenceUrls: [] }, round: 0, earlier: [], signal: new AbortController().signal,
        progress: async (line) => { console.log(line); process.exit(0); } };
      await command({ run: ['/bin/sh', '-c', 'trap "" TERM; echo $$; while :; do sleep 1; done'] })(ctx);`;
    const env = { ...process.env, TMPDIR: bench.folder };
    const worker = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      env,
    });
    const pid = Number(worker.stdout);
    expect(pid).toBeGreaterThan(0);
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  test('comes before the start if the order is already cancelled', async () => {
    const { ctx } = bench.context({ signal: AbortSignal.abort(new Error('too late')) });
    await expect(sh('exit 0')(ctx)).rejects.toThrow('too late');
  });
});
