import { spawn } from 'node:child_process';
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { contentTypeOf, MAX_PRODUCTS } from '@fulfillment/artifacts';
import { MARK_VARIABLE } from '@fulfillment/processes/groups';
import { rejectUnknownOptions } from '@fulfillment/shared';
import { InvalidOutputError, PermanentError } from '../errors.ts';
import type { GenerateContext, SavedArtifact } from '../types.ts';
import { withUnknownCost } from './cost.ts';
import { jobOf, jobVariables } from './job.ts';
import { endingOf, endProgram } from './program-ending.ts';
import { type FolderIdentity, identityOf, openProgramFiles } from './program-files.ts';
import { collect, showProgress } from './program-output.ts';
import { lastSaid } from './said.ts';

export interface CommandOptions {
  /** The program and its arguments. No shell runs it, and no text of a buyer becomes part of it. */
  run: readonly [program: string, ...args: string[]];
  /** The folder that the program runs in. Default: the worker's folder. */
  cwd?: string;
  /**
   * Variables for the program. Of the worker's own variables it gets only PATH, HOME, LANG, TZ and
   * TMPDIR, because it must not see the keys of your agents.
   */
  env?: Readonly<Record<string, string | undefined>>;
  /** The most bytes that it may write into its folder. Default 1 GiB. */
  maxOutputBytes?: number;
  /**
   * Exit codes that mean that a retry does not help. Default 64, 65, 66, 77 and 78, as in
   * `sysexits.h`.
   */
  permanentExitCodes?: readonly number[];
  /** How many seconds the program has to exit after SIGTERM before it is killed. Default 5. */
  graceSeconds?: number;
}

const OPTIONS = {
  run: true,
  cwd: true,
  env: true,
  maxOutputBytes: true,
  permanentExitCodes: true,
  graceSeconds: true,
} satisfies Record<keyof CommandOptions, true>;
/** With the mark, the program ends with its process, however that process ends. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', MARK_VARIABLE];
const DEFAULT_MAX_BYTES = 1024 ** 3;
const PERMANENT_EXIT_CODES = [64, 65, 66, 77, 78];
const DEFAULT_GRACE_SECONDS = 5;
/** How often the folder is measured while the program runs. */
const MEASURE_EVERY_MS = 1000;
/**
 * How much of a program's last output is read, and how much of it an error quotes. The quote must
 * fit into the reason that is shown.
 */
const LAST_WORDS = 2000;
const LAST_WORDS_TOLD = 350;

/**
 * A `generate` that runs a program. The program gets the job as JSON on standard input, and as
 * variables: FULFILLMENT_BRIEF, FULFILLMENT_FEEDBACK and so on. The folder FULFILLMENT_OUTPUT is
 * empty at the start. Each file that the program leaves there is a deliverable, in the order of the
 * names. The latest line on standard output is shown as progress. When the handler's time is over,
 * or the order is cancelled, the program and every process that it started are ended.
 * @throws TypeError at once, for an unknown option.
 * @throws the error that fails the attempt. PermanentError for a program that cannot be started or
 * ends with a permanent exit code. InvalidOutputError for a folder that is empty or too large, or
 * has too many files. InvalidOutputError also for an entry that is not a plain file of its own.
 */
export function command(options: CommandOptions): (ctx: GenerateContext) => Promise<SavedArtifact[]> {
  rejectUnknownOptions('command', options, OPTIONS);
  return withUnknownCost(async (ctx) => {
    ctx.signal.throwIfAborted();
    const folder = await mkdtemp(path.join(os.tmpdir(), 'fulfillment-command-'));
    try {
      const identity = await identityOf(folder);
      await run(options, ctx, folder);
      return await saveAll(ctx, { folder, expected: identity }, options.maxOutputBytes ?? DEFAULT_MAX_BYTES);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

async function run(options: CommandOptions, ctx: GenerateContext, folder: string): Promise<void> {
  const [program, ...args] = options.run;
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: environment(options, ctx, folder),
    stdio: ['pipe', 'pipe', 'pipe'],
    // A process group of its own, so that every process that the program starts can be ended with
    // it.
    detached: true,
  });
  const ending = endingOf(child);
  const lastWords = collect(child.stderr, LAST_WORDS);
  const shown = showProgress(child.stdout, ctx);
  // A program that does not read its input closes it early, which is allowed.
  child.stdin.on('error', () => undefined);
  child.stdin.end(jobOf(ctx));

  const stop = new AbortController();
  const measuring = setInterval(() => {
    void tooLarge(folder, options.maxOutputBytes ?? DEFAULT_MAX_BYTES).then((error) => {
      if (error) stop.abort(error);
    });
  }, MEASURE_EVERY_MS);
  const signal = AbortSignal.any([ctx.signal, stop.signal]);
  const graceMs = (options.graceSeconds ?? DEFAULT_GRACE_SECONDS) * 1000;
  const onAbort = () => endProgram({ child, ending, log: ctx.log }, graceMs);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) onAbort();
    const { code, killedBy } = await ending;
    signal.throwIfAborted();
    if (code === 0) return;
    const said = lastSaid(lastWords(), LAST_WORDS_TOLD);
    const what = `${path.basename(program)} ended with ${killedBy ?? `exit code ${code}`}${said ? `: ${said}` : ''}`;
    const isPermanent = code !== null && (options.permanentExitCodes ?? PERMANENT_EXIT_CODES).includes(code);
    throw isPermanent ? new PermanentError(what) : new Error(what);
  } finally {
    clearInterval(measuring);
    await shown();
    signal.removeEventListener('abort', onAbort);
  }
}

function environment(options: CommandOptions, ctx: GenerateContext, folder: string): NodeJS.ProcessEnv {
  const inherited = INHERITED.map((name) => [name, process.env[name]] as const);
  return {
    ...Object.fromEntries(inherited.filter(([, value]) => value !== undefined)),
    ...options.env,
    ...jobVariables(ctx),
    FULFILLMENT_OUTPUT: folder,
  };
}

/**
 * @returns why a folder is too large, or null. A file that disappears during the check counts as
 * empty.
 */
async function tooLarge(folder: string, maxBytes: number): Promise<InvalidOutputError | null> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        lstat(path.join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return bytes > maxBytes ? tooMuch(bytes, maxBytes) : null;
}

function tooMuch(bytes: number, maxBytes: number): InvalidOutputError {
  return new InvalidOutputError(`the program wrote ${bytes} bytes, and may write ${maxBytes}`);
}

async function saveAll(
  ctx: GenerateContext,
  { folder, expected }: { folder: string; expected: FolderIdentity },
  maxBytes: number,
): Promise<SavedArtifact[]> {
  const files = await openProgramFiles(folder, expected, MAX_PRODUCTS);
  try {
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    if (bytes > maxBytes) throw tooMuch(bytes, maxBytes);
    const saved: SavedArtifact[] = [];
    for (const { name, bytes: size, handle } of files) {
      const contentType = contentTypeOf(name);
      // A process that still writes to the file must not make the saved file longer.
      const body = size === 0 ? '' : handle.createReadStream({ autoClose: false, end: size - 1 });
      saved.push(await ctx.artifacts.save({ body, contentType, fileName: name }));
    }
    return saved;
  } finally {
    await Promise.all(files.map(({ handle }) => handle.close()));
  }
}
