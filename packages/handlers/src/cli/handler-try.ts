/** `pnpm handler:try`: runs one handler once, to see what it makes. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigurationError, describeUsage } from '@fulfillment/shared';
import { loadHandlers } from '../load-config.ts';
import { contentTypeOf } from '../media.ts';
import { type TriedFile, tryHandler } from '../try-handler.ts';
import type { Handler, HandlerLog } from '../types.ts';

const HELP = `pnpm handler:try [--handler <name>] --brief "…" [options]

Runs a handler of the configuration file once, with no marketplace, no Redis and no queue, and says what would be delivered.

  --handler <name>    which one; not needed when there is only one
  --brief <text>      what the buyer wants
  --image <file|url>  a reference image; a file is handed over as a data: URL. Several times for several
  --url <url>         a reference URL. Several times for several
  --answer <a=b>      an answer to a requirement field of the service. Several times for several
  --feedback <text>   what the buyer wants changed: runs a revision
  --config <file>     the configuration file (FULFILLMENT_CONFIG, or fulfillment.config.ts)
  --out <folder>      where what it makes is kept (handler-try)
  --help              print this

Ends with 0 when everything could be delivered, 1 when not, 2 when it was called wrongly. Variables of a .env file are set.`;

class UsageError extends Error {}

const log: HandlerLog = {
  info: (fields, message) => console.log(`  log: ${message}`, fields),
  warn: (fields, message) => console.log(`  warning: ${message}`, fields),
  error: (fields, message) => console.log(`  error: ${message}`, fields),
};

try {
  await main();
} catch (error) {
  const isUsage = error instanceof UsageError || error instanceof ConfigurationError;
  const text = error instanceof Error ? `${isUsage ? '' : `${error.name}: `}${error.message}` : String(error);
  console.error(isUsage ? text : `Not deliverable. ${text}`);
  process.exitCode = isUsage ? 2 : 1;
}

async function main(): Promise<void> {
  const values = parsed();
  if (values.help) {
    console.log(HELP);
    return;
  }
  if (existsSync('.env')) process.loadEnvFile('.env');
  const file = values.config ?? process.env.FULFILLMENT_CONFIG ?? 'fulfillment.config.ts';
  const handler = pick(await loadHandlers(file), values.handler);
  const { brief, feedback } = values;
  if (!brief?.trim()) throw new UsageError('Say what the buyer wants: --brief "A cat that reads a book"');
  const images = await Promise.all((values.image ?? []).map(imageUrl));
  const answers = Object.fromEntries((values.answer ?? []).map(answerOf));

  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));
  console.log(`Handler "${handler.name}", ${feedback === undefined ? 'first delivery' : 'revision 1'}:`);
  const { deliverables, usage, seconds } = await tryHandler(
    handler,
    {
      brief,
      referenceImages: images,
      referenceUrls: values.url ?? [],
      requirementAnswers: answers,
      ...(feedback !== undefined && { round: 1, feedback }),
    },
    {
      folder: values.out ?? 'handler-try',
      onProgress: (value) => console.log(`  ${typeof value === 'number' ? `${value} %` : value}`),
      log,
      signal: interrupted.signal,
    },
  );
  for (const made of deliverables) console.log(`  ${describe(made)}`);
  for (const used of usage) console.log(`  used ${used.what}: ${describeUsage(used)}`);
  const cost = usage.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
  const told = usage.some(({ costUsd }) => costUsd !== null) ? `, for ${Number(cost.toFixed(6))} USD` : '';
  console.log(`${deliverables.length} to deliver, after ${seconds.toFixed(1)} s${told}`);
}

function parsed() {
  try {
    return parseArgs({
      options: {
        handler: { type: 'string' },
        brief: { type: 'string' },
        image: { type: 'string', multiple: true },
        url: { type: 'string', multiple: true },
        answer: { type: 'string', multiple: true },
        feedback: { type: 'string' },
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
  try {
    return `data:${contentTypeOf(given)};base64,${(await readFile(given)).toString('base64')}`;
  } catch (error) {
    throw new UsageError(`--image ${given}: ${error instanceof Error ? error.message : error}`);
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
