import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Handler, HandlerLog, Refusal } from '@fulfillment/handlers';
import { loadHandlers, type TriedFile, tryHandler } from '@fulfillment/runner';
import { ConfigurationError, keepSecret, secretsIn, stackOf } from '@fulfillment/shared';
import { EXIT_USAGE } from '../command.ts';
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

const ENDS_ITSELF_WITHIN_MS = 2000;
/** The status that a shell gives to a program ended by Ctrl-C. */
const INTERRUPTED = 130;

/** Runs one handler once, prints the result, and ends the process. */
export async function runTry(options: TryCommandOptions): Promise<void> {
  const interrupted = new AbortController();
  let spending = new Spending();
  try {
    if (existsSync('.env')) process.loadEnvFile('.env');
    keepSecret(...secretsIn(process.env));
    const file = options.config ?? process.env.FULFILLMENT_CONFIG ?? 'fulfillment.config.ts';
    const { handlers, policy } = await loadHandlers(file);
    const handler = pick(handlers, options.handler);
    const order = await readOrder(options);
    process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));
    console.log(`Handler "${handler.name}", ${order.round === 1 ? 'revision 1' : 'first delivery'}:`);
    spending = new Spending();
    const { deliverables, reviewReason, isHeld } = await tryHandler(handler, order, {
      folder: options.out,
      onProgress: (value) => console.log(`  ${typeof value === 'number' ? `${value} %` : value}`),
      onUsage: (used) => console.log(`  ${spending.add(used)}`),
      onAnswer: (asked, answer) => console.log(`  ${asked}: ${answerText(answer)}`),
      log: LOG,
      signal: interrupted.signal,
      mayBePrivate: policy.privateUrls === 'deliver',
      ownUrl: process.env.PUBLIC_URL || undefined,
    });
    for (const deliverable of deliverables) console.log(`  ${describe(deliverable)}`);
    if (isHeld) console.log(`  held for a review: ${reviewReason ?? 'the handler asks for it'}`);
    console.log(`${deliverables.length} to deliver, ${spending.text()}`);
  } catch (error) {
    const isUsage = error instanceof UsageError || error instanceof ConfigurationError;
    console.error(isUsage ? error.message : `Not deliverable, ${spending.text()}. ${stackOf(error)}`);
    process.exitCode = isUsage ? EXIT_USAGE : interrupted.signal.aborted ? INTERRUPTED : 1;
    setTimeout(endAnyway, ENDS_ITSELF_WITHIN_MS).unref();
    return;
  }
  // The command does not wait for what the handler left open, such as a connection.
  process.exit();
}

/** Runs only if something keeps the process alive. */
function endAnyway(): void {
  console.error(
    'Something goes on all the same, and is ended with this command: pass ctx.signal on to what the handler waits for.',
  );
  process.exit();
}

function pick(handlers: readonly Handler[], name: string | undefined): Handler {
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
