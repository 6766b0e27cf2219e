import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ApiCall, summarise } from '../history.ts';
import { type Agent, Refusal } from '../market/types.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Fault } from '../weather/faults.ts';
import type { LimitClass } from '../weather/rate-limiter.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** As the SDK calls it; routes without one are no API calls. */
    endpoint?: string;
    limit?: LimitClass;
  }
  interface FastifyRequest {
    apiCall: ApiCall | null;
    breakage: Fault | null;
    caller: Agent | null;
  }
}

const HTML_502 =
  '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';

/**
 * What every API call goes through: it is written down, the fault that is set for it strikes, the rate limiter counts it, and
 * its key is looked up. Afterwards a fault may lose the answer.
 */
export function gate(server: FastifyInstance, sandbox: Sandbox): void {
  const { market, history, faults, limiter } = sandbox;
  server.decorateRequest('apiCall', null);
  server.decorateRequest('breakage', null);
  server.decorateRequest('caller', null);

  server.addHook('preHandler', async (request, reply) => {
    const { endpoint, limit } = request.routeOptions.config;
    if (endpoint === undefined) return;
    request.caller = callerOf(request, sandbox);
    const call = history.begin({
      at: market.now(),
      method: request.method,
      path: request.url,
      endpoint,
      agent_id: request.caller?.id ?? null,
      order_id: orderIdOf(request),
      egress: egressOf(request),
    });
    call.body = summarise(request.body);
    request.apiCall = call;

    const { delay: slow, breakage } = faults.strike(endpoint);
    if (slow !== null) await delay(slow.latencyMs);
    if (breakage !== null) {
      call.fault = breakage.kind;
      request.breakage = breakage;
      if (breakBefore(breakage, request, reply)) return reply;
    }
    if (limit !== undefined) {
      const refusal = limiter.take(call.egress, limit, market.now());
      if (refusal !== null) {
        reply.headers({
          'retry-after': refusal.retryAfter,
          'x-ratelimit-limit': refusal.limit,
          'x-ratelimit-remaining': refusal.remaining,
          'x-ratelimit-reset': Math.ceil(refusal.resetAt / 1000),
        });
        throw new Refusal(429, 'Rate limit exceeded. Try again later.');
      }
    }
  });

  server.addHook('onSend', async (request, reply, payload) => {
    const call = request.apiCall;
    if (call === null) return payload;
    call.status = reply.statusCode;
    call.took_effect = request.method !== 'GET' && reply.statusCode < 300;
    const isLost = request.breakage?.kind === 'lost' || request.breakage?.kind === 'hang';
    if (isLost) await loseAnswer(request, call);
    return payload;
  });
}

/** Faults that strike before anything happens. @returns whether the call ends here. */
function breakBefore(fault: Fault, request: FastifyRequest, reply: FastifyReply): boolean {
  switch (fault.kind) {
    case 'status':
      reply.code(fault.status).send({ success: false, error: 'Internal server error' });
      return true;
    case 'html':
      reply.code(502).type('text/html').send(HTML_502);
      return true;
    case 'reset':
      reply.hijack();
      request.raw.socket.destroy();
      return true;
    default:
      return false;
  }
}

/** It took effect, and the caller will never know. */
async function loseAnswer(request: FastifyRequest, call: ApiCall): Promise<void> {
  call.status = 0;
  const { socket } = request.raw;
  if (request.breakage?.kind === 'hang') {
    await new Promise((resolve) => (socket.destroyed ? resolve(null) : socket.once('close', resolve)));
  }
  socket.destroy();
}

function callerOf(request: FastifyRequest, { market }: Sandbox): Agent | null {
  const key = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  return (key === undefined ? undefined : market.agentByKey(key)) ?? null;
}

/** The address a call is counted for. Tests pretend to several with a header. */
function egressOf(request: FastifyRequest): string {
  const pretended = request.headers['x-sandbox-egress'];
  return typeof pretended === 'string' ? pretended : request.ip;
}

function orderIdOf(request: FastifyRequest): string | null {
  const { id } = (request.params ?? {}) as { id?: string };
  return request.url.startsWith('/api/orders/') ? (id ?? null) : null;
}

/** The agent that calls. @throws Refusal 401 */
export function mustBeAgent(request: FastifyRequest): Agent {
  if (request.caller === null) throw new Refusal(401, 'Invalid or inactive API key');
  return request.caller;
}
