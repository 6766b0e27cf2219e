import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { contentTypeOf, mediaTypeOf } from '@fulfillment/artifacts';
import type { EarlierDeliverable } from '@fulfillment/handlers';
import type { MadeUpOrder } from '@fulfillment/runner';
import { UsageError } from './usage-error.ts';

/** The options that describe the order of a try. */
export interface OrderOptions {
  brief?: string;
  image?: string[];
  url?: string[];
  answer?: string[];
  feedback?: string;
  earlier?: string[];
}

/**
 * The order that the options describe. Reads the files that they name.
 * @throws UsageError naming the option that is wrong.
 */
export async function readOrder(options: OrderOptions): Promise<MadeUpOrder> {
  const { brief, feedback } = options;
  if (!brief?.trim()) throw new UsageError('Say what the buyer wants: --brief "A cat that reads a book"');
  if (options.earlier && feedback === undefined) throw new UsageError('--earlier belongs to a --feedback');
  const deliverables = await Promise.all((options.earlier ?? []).map(deliverableOf));
  return {
    brief,
    referenceImages: await Promise.all((options.image ?? []).map(imageUrl)),
    referenceUrls: options.url ?? [],
    requirementAnswers: Object.fromEntries((options.answer ?? []).map(answerOf)),
    ...(feedback !== undefined && { round: 1, feedback }),
    ...(deliverables.length > 0 && { earlier: [{ round: 0, deliverables }] }),
  };
}

async function imageUrl(given: string): Promise<string> {
  if (/^https?:/.test(given)) return given;
  return `data:${contentTypeOf(given)};base64,${(await fileOf('--image', given)).toString('base64')}`;
}

/**
 * An earlier deliverable. A handler can read a file as it can read our own artifact. It cannot read
 * a URL.
 */
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
