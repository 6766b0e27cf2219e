import { Readable } from 'node:stream';
import { MEDIA_TYPES, type Usage, usageSchema } from '@fulfillment/shared';
import { z } from 'zod';
import { InvalidOutputError, PermanentError, RetryLaterError } from '../errors.ts';
import type { GenerateContext, Output } from '../types.ts';
import type { Answer } from './http-answer.ts';

/**
 * How much is read of a list of deliverables. Larger files are answered as bytes, or by their URL.
 */
const LARGEST_LIST_BYTES = 64 * 1024 * 1024;
const MAY_NAME_A_TIME = [429, 503];

const mediaType = z.enum(MEDIA_TYPES);
const deliverable = z.union([
  z.strictObject({ url: z.url(), mediaType }),
  z.strictObject({
    base64: z.base64(),
    contentType: z.string(),
    fileName: z.string().optional(),
    mediaType: mediaType.optional(),
  }),
  z.strictObject({
    text: z.string(),
    contentType: z.string().default('text/plain'),
    fileName: z.string().optional(),
    mediaType: mediaType.optional(),
  }),
]);
const listSchema = z.object({ deliverables: z.array(deliverable).min(1) });

/** The output of a service, and its usage. The usage counts even if there is nothing to deliver. */
interface Made {
  outputs: Output | Output[] | InvalidOutputError;
  usage: Usage[];
}

/**
 * The deliverables of an answer: a list as JSON, or the answer's own bytes. The work is done by
 * then. So an unreadable report of its cost is left out, and does not discard the deliverables.
 * @throws InvalidOutputError when the answer holds neither a deliverable nor a usage report.
 */
export async function madeOf(ctx: GenerateContext, answer: Answer): Promise<Made> {
  if (!answer.isJson) return { outputs: bytesOf(answer), usage: [] };
  const text = await answer.text(LARGEST_LIST_BYTES);
  if (text === null) {
    throw new InvalidOutputError(
      `the service's answer is longer than ${LARGEST_LIST_BYTES} bytes: answer with the file itself, or its URL`,
    );
  }
  const json = parsed(text);
  const list = listSchema.safeParse(json);
  const outputs = list.success
    ? list.data.deliverables.map(outputOf)
    : new InvalidOutputError(`the service's answer is wrong:\n${z.prettifyError(list.error)}`);
  return { outputs, usage: usageIn(ctx, json) };
}

/** The meaning of an error answer, and the usage of the service until then. */
export async function failureOf(
  ctx: GenerateContext,
  answer: Answer,
): Promise<{ error: Error; usage: Usage[] }> {
  const { text, complaint } = await answer.complaint();
  const usage = answer.isJson ? usageIn(ctx, parsed(text)) : [];
  return { error: meaningOf(answer, complaint), usage };
}

function meaningOf({ status, isPassing, retryAfter }: Answer, complaint: string): Error {
  if (retryAfter !== null && MAY_NAME_A_TIME.includes(status))
    return new RetryLaterError(retryAfter, complaint);
  return isPassing ? new Error(complaint) : new PermanentError(complaint);
}

/** @returns undefined for a text that is not JSON. */
export function parsed(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function usageIn({ log }: GenerateContext, answer: unknown): Usage[] {
  const { usage: told = [] } = Object(answer) as { usage?: unknown };
  const reports = Array.isArray(told) ? (told as unknown[]) : [told];
  return reports.flatMap((report) => {
    const usage = usageSchema.safeParse(report);
    if (usage.success) return [usage.data];
    log.warn({ reason: z.prettifyError(usage.error) }, 'the service reports a usage that cannot be read');
    const readable = readableUsage(report, usage.error);
    return readable === null ? [] : [readable];
  });
}

/** One unreadable field must not hide the other fields, above all the cost. */
function readableUsage(report: unknown, error: z.ZodError): Usage | null {
  if (typeof report !== 'object' || report === null) return null;
  const wrong = new Set(error.issues.map(({ path: [name] }) => name));
  const fields = Object.entries(report).filter(([name]) => !wrong.has(name));
  const usage = usageSchema.safeParse({ what: 'service', ...Object.fromEntries(fields) });
  const isEmpty = fields.every(([name]) => name === 'what');
  return usage.success && !isEmpty ? usage.data : null;
}

function outputOf(one: z.infer<typeof deliverable>): Output {
  if ('url' in one) return one;
  const { contentType, fileName, mediaType: type } = one;
  return {
    body: 'text' in one ? one.text : Buffer.from(one.base64, 'base64'),
    contentType,
    ...(fileName !== undefined && { fileName }),
    ...(type !== undefined && { mediaType: type }),
  };
}

function bytesOf(answer: Answer): Output {
  const { contentType, fileName } = answer;
  if (!answer.hasBody || contentType === '') {
    throw new InvalidOutputError('the service answered with nothing, or with bytes of no content type');
  }
  if (/^text\/html\b/.test(contentType)) {
    throw new InvalidOutputError('the service answered with an HTML page. To deliver HTML, answer with JSON');
  }
  return { body: Readable.from(answer.bytes()), contentType, ...(fileName !== undefined && { fileName }) };
}
