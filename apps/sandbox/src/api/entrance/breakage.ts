import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Fault } from '../../weather/faults.ts';
import { failure } from './envelope.ts';

/** Carries out a fault that prevents the call's effect. */
export function breakBefore(fault: Fault, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  switch (fault.kind) {
    case 'reset':
      reply.hijack();
      request.raw.socket.resetAndDestroy();
      return reply;
    case 'html':
      return reply.code(502).type('text/html').send(proxyPage(502));
    case 'too_large':
      return reply.code(413).type('text/html').send(proxyPage(413));
    default:
      return reply.code(fault.status).send(failure(STATUS_CODES[fault.status] ?? 'Internal Server Error'));
  }
}

/** Whether the answer of a call that took effect is lost. */
export function losesAnswer(fault: Fault | null): fault is Fault {
  return fault?.kind === 'lost' || fault?.kind === 'hang';
}

/**
 * Hides the outcome from the caller: the connection breaks, or no answer comes until the caller
 * gives up.
 */
export async function loseAnswer(fault: Fault, { raw: { socket } }: FastifyRequest): Promise<void> {
  if (fault.kind === 'hang' && !socket.destroyed) {
    await new Promise((resolve) => socket.once('close', resolve));
  }
  socket.resetAndDestroy();
}

function proxyPage(status: number): string {
  const title = `${status} ${STATUS_CODES[status]}`;
  return `<html><head><title>${title}</title></head><body><center><h1>${title}</h1></center></body></html>`;
}
