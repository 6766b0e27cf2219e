import { type ChildProcess, spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { InvalidOutputError, PermanentError } from '../errors.ts';
import { contentTypeOf } from '../media.ts';
import type { GenerateContext, SavedArtifact } from '../types.ts';

export interface CommandOptions {
  /** The program and its arguments. No shell runs it, and nothing that a buyer wrote is part of it. */
  run: readonly [program: string, ...args: string[]];
  /** The folder it runs in. Default: that of the worker. */
  cwd?: string;
  /**
   * Variables for it. Of the worker's own it gets PATH, HOME, LANG, TZ and TMPDIR only: the keys of your agents are none of its
   * business.
   */
  env?: Readonly<Record<string, string | undefined>>;
  /** The most it may write into its folder, in bytes. Default 1 GiB. */
  maxOutputBytes?: number;
  /** Exit codes that say that trying again does not help. Default 64, 65, 66, 77 and 78, as in `sysexits.h`. */
  permanentExitCodes?: readonly number[];
  /** How long it has to end by itself after SIGTERM, in seconds; then it is killed. Default 5. */
  graceSeconds?: number;
}

const INHERITED = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR'];
const DEFAULT_MAX_BYTES = 1024 ** 3;
const PERMANENT_EXIT_CODES = [64, 65, 66, 77, 78];
const DEFAULT_GRACE_SECONDS = 5;
/** How often the folder is measured while the program runs. */
const MEASURE_EVERY_MS = 1000;
/** What is kept of a program's last words, for the error. */
const LAST_WORDS = 2000;
const LONGEST_PROGRESS = 200;

/**
 * A `generate` that runs a program. It gets the job as JSON on standard input, and its number, round and folder in FULFILLMENT_ORDER_ID,
 * FULFILLMENT_ROUND and FULFILLMENT_OUTPUT. Each file that it leaves in that folder, empty at the start, is a deliverable, in the
 * order of their names. A line on standard output is shown as progress. When the handler's time is over, or the order is cancelled,
 * the program and all that it started is ended.
 * @throws what makes the try fail: PermanentError for a program that cannot be started or ends with a permanent exit code;
 * InvalidOutputError for a folder that is empty, too large, or has something that is no file.
 */
export function command(options: CommandOptions): (ctx: GenerateContext) => Promise<SavedArtifact[]> {
  return async (ctx) => {
    ctx.signal.throwIfAborted();
    const folder = await mkdtemp(path.join(os.tmpdir(), 'fulfillment-command-'));
    try {
      await run(options, ctx, folder);
      return await saveAll(ctx, folder, options.maxOutputBytes ?? DEFAULT_MAX_BYTES);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

/** What the program reads on standard input, as JSON. */
function jobOf({ order, round, feedback, note, isDispute, earlier }: GenerateContext): string {
  return JSON.stringify({ order, round, feedback, note, isDispute, earlier });
}

async function run(options: CommandOptions, ctx: GenerateContext, folder: string): Promise<void> {
  const [program, ...args] = options.run;
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: environment(options, ctx, folder),
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own, so that all that it starts can be ended with it.
    detached: true,
  });
  endWithUs(child);
  const ending = endingOf(child);
  const lastWords = collect(child.stderr, LAST_WORDS);
  showProgress(child.stdout, ctx);
  // A program that does not read its input closes it early: that is its right.
  child.stdin.on('error', () => undefined);
  child.stdin.end(jobOf(ctx));

  const stop = new AbortController();
  const measuring = setInterval(() => {
    void tooLarge(folder, options.maxOutputBytes ?? DEFAULT_MAX_BYTES).then((error) => {
      if (error) stop.abort(error);
    });
  }, MEASURE_EVERY_MS);
  const signal = AbortSignal.any([ctx.signal, stop.signal]);
  const onAbort = () => endGroup(child, (options.graceSeconds ?? DEFAULT_GRACE_SECONDS) * 1000, ending);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) onAbort();
    const { code, killedBy } = await ending;
    signal.throwIfAborted();
    if (code === 0) return;
    const said = lastWords().trim();
    const what = `${path.basename(program)} ended with ${killedBy ?? `exit code ${code}`}${said ? `: ${said}` : ''}`;
    const isPermanent = code !== null && (options.permanentExitCodes ?? PERMANENT_EXIT_CODES).includes(code);
    throw isPermanent ? new PermanentError(what) : new Error(what);
  } finally {
    clearInterval(measuring);
    signal.removeEventListener('abort', onAbort);
  }
}

function environment(options: CommandOptions, ctx: GenerateContext, folder: string): NodeJS.ProcessEnv {
  const inherited = INHERITED.map((name) => [name, process.env[name]] as const);
  return {
    ...Object.fromEntries(inherited.filter(([, value]) => value !== undefined)),
    ...options.env,
    FULFILLMENT_ORDER_ID: ctx.order.id,
    FULFILLMENT_ROUND: String(ctx.round),
    FULFILLMENT_OUTPUT: folder,
  };
}

interface Ending {
  code: number | null;
  killedBy: NodeJS.Signals | null;
}

/** What the program started may have left its group, and still hold its output open: it is read no longer than this. */
const READ_AFTER_EXIT_MS = 1000;

/** The program's end, once its output is read. What it left running would write into a folder that is gone, and is ended. */
function endingOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(new PermanentError(`${child.spawnfile} cannot be started: ${error.message}`, { cause: error })),
    );
    child.once('exit', (code, killedBy) => {
      signalGroup(child, 'SIGKILL');
      const unread = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, READ_AFTER_EXIT_MS);
      child.once('close', () => {
        clearTimeout(unread);
        resolve({ code, killedBy });
      });
    });
  });
}

const running = new Set<ChildProcess>();

/** A process that ends takes what it started with it: a group of its own would live on. */
function endWithUs(child: ChildProcess): void {
  if (running.size === 0) process.on('exit', endAll);
  running.add(child);
  const forget = () => {
    running.delete(child);
    if (running.size === 0) process.off('exit', endAll);
  };
  child.once('exit', forget);
  child.once('error', forget);
}

function endAll(): void {
  for (const child of running) signalGroup(child, 'SIGKILL');
}

function endGroup(child: ChildProcess, graceMs: number, ending: Promise<Ending>): void {
  signalGroup(child, 'SIGTERM');
  const kill = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs);
  const end = () => clearTimeout(kill);
  ending.then(end, end);
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // Nobody of the group is left.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** @returns what gives the end of a text, `limit` characters at most. */
function collect(stream: Readable, limit: number): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    text = (text + chunk).slice(-limit);
  });
  return () => text;
}

function showProgress(stream: Readable, ctx: GenerateContext): void {
  createInterface({ input: stream }).on('line', (line) => {
    const text = line.trim().slice(0, LONGEST_PROGRESS);
    if (text !== '') void ctx.progress(text);
  });
}

/** @returns why a folder is too large, or null. A file that goes while we look has no size. */
async function tooLarge(folder: string, maxBytes: number): Promise<InvalidOutputError | null> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(path.join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return bytes > maxBytes
    ? new InvalidOutputError(`the program wrote ${bytes} bytes, and may write ${maxBytes}`)
    : null;
}

async function saveAll(ctx: GenerateContext, folder: string, maxBytes: number): Promise<SavedArtifact[]> {
  const error = await tooLarge(folder, maxBytes);
  if (error) throw error;
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.length === 0) throw new InvalidOutputError('the program left no file in FULFILLMENT_OUTPUT');
  const saved: SavedArtifact[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { name } = entry;
    // A link could name a file that is none of the buyer's business.
    if (!entry.isFile())
      throw new InvalidOutputError(`the program left "${name}", which is not a plain file`);
    const body = createReadStream(path.join(folder, name));
    saved.push(await ctx.artifacts.save({ body, contentType: contentTypeOf(name), fileName: name }));
  }
  return saved;
}
