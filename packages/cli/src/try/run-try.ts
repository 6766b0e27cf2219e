import { existsSync } from 'node:fs';
import path from 'node:path';
import type { HandlerLog, Refusal } from '@fulfillment/handlers';
import { EXIT_USAGE } from '@fulfillment/processes';
import {
  type HandlerDescription,
  ProcessRunner,
  RunnerUnavailableError,
  type TriedFile,
  tryHandler,
} from '@fulfillment/runner';
import { handlerMemorySchema, keepSecret, secretsIn, stackOf } from '@fulfillment/shared';
import { type OrderOptions, readOrder } from './read-order.ts';
import { Spending } from './spending.ts';
import { UsageError } from './usage-error.ts';

/** The options of the command. */
export interface TryCommandOptions extends OrderOptions {
  handler?: string;
  config?: string;
  /** The folder of the output. */
  out: string;
}

/** The status that a shell gives to a program ended by Ctrl-C. */
const INTERRUPTED = 130;
const CALLS_AT_ONCE = 1;
const IDLE_MS = 60_000;

/** Runs one handler once, in a process as the worker's, prints the result, and ends the process. */
export async function runTry(options: TryCommandOptions): Promise<void> {
  const interrupted = new AbortController();
  const spending = new Spending();
  try {
    await run(options, interrupted, spending);
  } catch (error) {
    const isUsage = error instanceof UsageError || error instanceof RunnerUnavailableError;
    console.error(isUsage ? error.message : `Not deliverable, ${spending.text()}. ${stackOf(error)}`);
    process.exitCode = isUsage ? EXIT_USAGE : interrupted.signal.aborted ? INTERRUPTED : 1;
  }
  // The process of the handler ends with this one, whatever the handler left running.
  process.exit();
}

async function run(
  options: TryCommandOptions,
  interrupted: AbortController,
  spending: Spending,
): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  keepSecret(...secretsIn(process.env));
  const runner = new ProcessRunner({
    configFile: options.config ?? process.env.FULFILLMENT_CONFIG ?? 'fulfillment.config.ts',
    size: CALLS_AT_ONCE,
    memoryMb: memoryLimit(),
    idleMs: IDLE_MS,
    env: process.env,
    withheld: [],
    log: LOG,
  });
  process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));
  const slot = await runner.acquire(interrupted.signal);
  const handler = pick(slot.handlers, options.handler);
  const order = await readOrder(options);
  console.log(`Handler "${handler.name}", ${order.round === 1 ? 'revision 1' : 'first delivery'}:`);
  spending.begin();
  const tried = await tryHandler({ slot, handler }, order, {
    folder: options.out,
    onProgress: (value) => console.log(`  ${typeof value === 'number' ? `${value} %` : value}`),
    onUsage: (used) => console.log(`  ${spending.add(used)}`),
    onAnswer: (asked, answer) => console.log(`  ${asked}: ${answerText(answer)}`),
    log: LOG,
    signal: interrupted.signal,
    ownUrl: process.env.PUBLIC_URL || undefined,
  });
  for (const deliverable of tried.deliverables) console.log(`  ${describe(deliverable)}`);
  if (tried.isHeld) console.log(`  held for a review: ${tried.reviewReason ?? 'the handler asks for it'}`);
  console.log(`${tried.deliverables.length} to deliver, ${spending.text()}`);
}

function memoryLimit(): number {
  const limit = handlerMemorySchema.safeParse(process.env.HANDLER_MEMORY_MB || undefined);
  if (limit.success) return limit.data;
  const reasons = limit.error.issues.map(({ message }) => message).join('; ');
  throw new UsageError(`HANDLER_MEMORY_MB is wrong: ${reasons}. Set it to a number of MB, or remove it.`);
}

function pick(handlers: readonly HandlerDescription[], name: string | undefined): HandlerDescription {
  const handler = name === undefined ? handlers[0] : handlers.find((one) => one.name === name);
  if (handler !== undefined && (name !== undefined || handlers.length === 1)) return handler;
  const names = handlers.map((one) => `"${one.name}"`).join(', ') || 'none';
  throw new UsageError(
    name === undefined
      ? `Which handler? --handler <name>. There are: ${names}`
      : `There is no handler "${name}". There are: ${names}`,
  );
}

const LOG: HandlerLog = {
  info: (fields, message) => console.log(`  log: ${message}`, fields),
  warn: (fields, message) => console.log(`  warning: ${message}`, fields),
  error: (fields, message) => console.log(`  error: ${message}`, fields),
};

function describe({ mediaType, file, contentType, bytes, url }: TriedFile): string {
  if (file === undefined) return `${mediaType}: ${url}`;
  return `${mediaType}: ${path.relative('.', file)} (${contentType}, ${bytes} bytes)`;
}

function answerText(answer: string | Refusal | undefined): string {
  if (answer === undefined) return 'takes the brief';
  return typeof answer === 'string' ? `${answer} USD` : `refuses: ${answer.refuse}`;
}
