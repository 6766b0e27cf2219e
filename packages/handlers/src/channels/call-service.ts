import { retryAfterSeconds } from '../errors.ts';
import { ChannelError } from './message.ts';

/** How long a service may take to answer, in ms. */
const WITHIN_MS = 10_000;

/**
 * The service rejects this message. Any other answer is about the channel, such as a token that was
 * revoked. The message is kept until somebody has repaired the channel.
 */
const REJECTIONS = [400, 413, 422];

interface ServiceCall {
  /** The protocol, for errors. */
  protocol: string;
  url: string;
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  signal: AbortSignal;
  /** Reads the wait from the body of a 429, in ms. */
  waitOf?: (body: unknown) => number | null;
}

/**
 * Calls the service of a channel. Its address may contain a token, so no error names it.
 * @throws ChannelError unless the service answers 2xx.
 */
export async function callService({ protocol, url, signal, waitOf, ...call }: ServiceCall): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]);
  let answer: Response;
  let body: string;
  try {
    // A redirect would send the message, and perhaps a token, to another host.
    answer = await fetch(url, { method: 'POST', ...call, redirect: 'manual', signal: limit });
    body = await answer.text();
  } catch (error) {
    throw new ChannelError(`${protocol} does not answer: ${reasonOf(error)}`, { isTemporary: true });
  }
  if (answer.ok) return;
  const isTemporary = !REJECTIONS.includes(answer.status);
  const named = retryAfterSeconds(answer.headers.get('retry-after'));
  const retryAfterMs = named === null ? (waitOf?.(parsed(body)) ?? null) : named * 1000;
  throw new ChannelError(`${protocol} answered ${answer.status}`, { isTemporary, retryAfterMs });
}

/** The code of a network error. Its text may name the address. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `no answer within ${WITHIN_MS / 1000} s`;
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : 'the connection failed';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The body is for people.
    return null;
  }
}
