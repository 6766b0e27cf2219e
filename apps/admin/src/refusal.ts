import type { FastifyReply, FastifyRequest } from 'fastify';
import { isOfBoardApi } from './access/board-route.ts';
import type { AdminOptions } from './options.ts';
import { frameOf } from './page/frame.ts';
import { messagePage } from './page/layout.ts';

/** The headings of error answers. */
const HEADINGS = {
  400: 'The request is not valid',
  401: 'Log in first',
  403: 'Refused',
  404: 'Not found',
  405: 'Not from here',
  409: 'Not any more',
  413: 'Too large',
  429: 'Too many attempts',
  500: 'Something went wrong',
  503: 'Redis is out of reach',
} as const;
export type RefusalStatus = keyof typeof HEADINGS;

interface Refusal {
  status: RefusalStatus;
  /** The reason, for people. */
  message: string;
  backTo?: string;
  /** Left out: the heading of the status. */
  heading?: string;
}

/** The search text of the request, so that an error page keeps it. */
function searchOf({ query }: FastifyRequest): string {
  return typeof query === 'object' && query !== null && 'q' in query && typeof query.q === 'string'
    ? query.q
    : '';
}

/**
 * Answers with a page that gives the reason. Bull Board's script receives the reason in its own
 * form.
 */
export function refuse(
  options: AdminOptions,
  reply: FastifyReply,
  { status, message, backTo = '/', heading = HEADINGS[status] }: Refusal,
): FastifyReply {
  reply.code(status);
  if (isOfBoardApi(reply.request)) {
    return reply.send({
      error: { key: status === 500 ? 'ERRORS.INTERNAL_SERVER_ERROR' : 'ERRORS.FORBIDDEN' },
      message,
    });
  }
  const frame = frameOf(options, reply, { title: heading, search: searchOf(reply.request) });
  return reply.type('text/html; charset=utf-8').send(messagePage(frame, { heading, message, backTo }));
}
