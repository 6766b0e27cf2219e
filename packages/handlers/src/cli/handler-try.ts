/** `pnpm handler:try`: runs one handler once, to see what it makes. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import {
  ConfigurationError,
  describeUsage,
  keepSecret,
  secretsIn,
  stackOf,
  type Usage,
} from '@fulfillment/shared';
import { loadHandlers } from '../config/load-config.ts';
import { contentTypeOf, mediaTypeOf } from '../outputs/media.ts';
import { type MadeUpOrder, type TriedFile, tryHandler } from '../try-handler.ts';
import type { EarlierDeliverable, Handler, HandlerLog, Refusal } from '../types.ts';

const HELP = `pnpm handler:try [--handler <name>] --brief "…" [options]

Runs a handler of the configuration file once, with no marketplace, no Redis and no queue: validate and quote where it has them, and
generate. Says what it answers, what would be delivered, what was used, and how long it took; also when it fails.

  --handler <name>      which one; not needed when there is only one
  --brief <text>        what the buyer wants
  --image <file|url>    a reference image; a file is handed over as a data: URL. Several times for several
  --url <url>           a reference URL. Several times for several
  --answer <a=b>        an answer to a requirement field of the service. Several times for several
  --feedback <text>     what the buyer wants changed: runs a revision
  --earlier <file|url>  what was delivered before that, for the revision to read. Several times for several
  --config <file>       the configuration file (FULFILLMENT_CONFIG, or fulfillment.config.ts)
  --out <folder>        where what it makes is kept (handler-try)
  --help                print this

A model that it calls costs what it costs. Variables of a .env file are set.

Exit codes: 0 everything could be delivered; 1 the handler failed, took longer than its time limit, or made what cannot be delivered;
2 the call or the configuration file is wrong; 130 interrupted with Ctrl-C. A handler that goes on although its signal was aborted is
ended with the command, two seconds later.`;

class UsageError extends Error {}

const log: HandlerLog = {
  info: (fields, message) => console.log(`  log: ${message}`, fields),
  warn: (fields, message) => console.log(`  warning: ${message}`, fields),
  error: (fields, message) => console.log(`  error: ${message}`, fields),
};
const interrupted = new AbortController();
/** What was told to cost, in USD; null while no cost was told. */
let cost: number | null = null;
let begun = performance.now();
const ENDS_ITSELF_WITHIN_MS = 2000;
/** The status that a shell gives to a program ended by Ctrl-C. */
const INTERRUPTED = 130;

try {
  await main();
  // What the handler left open, such as a connection, is not waited for.
  process.exit();
} catch (error) {
  const isUsage = error instanceof UsageError || error instanceof ConfigurationError;
  console.error(isUsage ? error.message : `Not deliverable, ${spent()}. ${stackOf(error)}`);
  process.exitCode = isUsage ? 2 : interrupted.signal.aborted ? INTERRUPTED : 1;
  setTimeout(endAnyway, ENDS_ITSELF_WITHIN_MS).unref();
}

/** Comes to pass only when something still runs. */
function endAnyway(): void {
  console.error(
    'Something goes on all the same, and is ended with this command: pass ctx.signal on to what the handler waits for.',
  );
  process.exit();
}

async function main(): Promise<void> {
  const values = parsed();
  if (values.help) {
    console.log(HELP);
    return;
  }
  if (existsSync('.env')) process.loadEnvFile('.env');
  keepSecret(...secretsIn(process.env));
  const file = values.config ?? process.env.FULFILLMENT_CONFIG ?? 'fulfillment.config.ts';
  const handler = pick(await loadHandlers(file), values.handler);
  const order = await orderOf(values);
  process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));
  console.log(`Handler "${handler.name}", ${order.round === 1 ? 'revision 1' : 'first delivery'}:`);
  begun = performance.now();
  const { deliverables, reviewReason } = await tryHandler(handler, order, {
    folder: values.out ?? 'handler-try',
    onProgress: (value) => console.log(`  ${typeof value === 'number' ? `${value} %` : value}`),
    onUsage: tellUsage,
    onAnswer: (asked, answer) => console.log(`  ${asked}: ${answerText(answer)}`),
    log,
    signal: interrupted.signal,
  });
  for (const made of deliverables) console.log(`  ${describe(made)}`);
  if (reviewReason !== undefined) console.log(`  held for a review: ${reviewReason}`);
  console.log(`${deliverables.length} to deliver, ${spent()}`);
}

function tellUsage(used: Usage): void {
  console.log(`  used ${used.what}: ${describeUsage(used)}`);
  if (used.costUsd !== null) cost = (cost ?? 0) + used.costUsd;
}

/** The time and the money that the try took. */
function spent(): string {
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  return `after ${seconds} s${cost === null ? '' : `, for ${Number(cost.toFixed(6))} USD`}`;
}

async function orderOf(values: ReturnType<typeof parsed>): Promise<MadeUpOrder> {
  const { brief, feedback } = values;
  if (!brief?.trim()) throw new UsageError('Say what the buyer wants: --brief "A cat that reads a book"');
  if (values.earlier && feedback === undefined) throw new UsageError('--earlier belongs to a --feedback');
  const deliverables = await Promise.all((values.earlier ?? []).map(deliverableOf));
  return {
    brief,
    referenceImages: await Promise.all((values.image ?? []).map(imageUrl)),
    referenceUrls: values.url ?? [],
    requirementAnswers: Object.fromEntries((values.answer ?? []).map(answerOf)),
    ...(feedback !== undefined && { round: 1, feedback }),
    ...(deliverables.length > 0 && { earlier: [{ round: 0, deliverables }] }),
  };
}

function parsed() {
  try {
    // pnpm hands over the -- that some write before the options.
    const args = process.argv.slice(process.argv[2] === '--' ? 3 : 2);
    return parseArgs({
      args,
      options: {
        handler: { type: 'string' },
        brief: { type: 'string' },
        image: { type: 'string', multiple: true },
        url: { type: 'string', multiple: true },
        answer: { type: 'string', multiple: true },
        feedback: { type: 'string' },
        earlier: { type: 'string', multiple: true },
        config: { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\nSee pnpm handler:try --help`);
  }
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

async function imageUrl(given: string): Promise<string> {
  if (/^https?:/.test(given)) return given;
  return `data:${contentTypeOf(given)};base64,${(await fileOf('--image', given)).toString('base64')}`;
}

/** What the buyer has from before: a file can be read, as what we kept can; a URL cannot. */
async function deliverableOf(given: string): Promise<EarlierDeliverable> {
  if (/^https?:/.test(given)) return { url: given, mediaType: 'link', read: async () => null };
  const type = contentTypeOf(given);
  const blob = new Blob([new Uint8Array(await fileOf('--earlier', given))], { type });
  return { url: pathToFileURL(given).href, mediaType: mediaTypeOf(type), read: async () => blob };
}

async function fileOf(option: string, given: string): Promise<Buffer> {
  try {
    return await readFile(given);
  } catch (error) {
    throw new UsageError(`${option} ${given}: ${error instanceof Error ? error.message : error}`);
  }
}

function answerOf(given: string): [string, string] {
  const place = given.indexOf('=');
  if (place < 1) throw new UsageError(`--answer "${given}" is not of the form field=answer`);
  return [given.slice(0, place), given.slice(place + 1)];
}

function describe({ mediaType, file, contentType, bytes, url }: TriedFile): string {
  if (file === undefined) return `${mediaType}: ${url}`;
  return `${mediaType}: ${path.relative('.', file)} (${contentType}, ${bytes} bytes)`;
}

function answerText(answer: string | Refusal | undefined): string {
  if (answer === undefined) return 'takes the brief';
  return typeof answer === 'string' ? `${answer} USD` : `refuses: ${answer.refuse}`;
}
