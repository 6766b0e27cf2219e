import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiCall } from '../../history/entries.ts';
import { blotted, summaryOf } from '../../history/summary.ts';
import { type Agent, Refusal } from '../../market/types.ts';
import type { Sandbox } from '../../sandbox.ts';
import { type Fault, INSIDE, OUTSIDE } from '../../weather/faults.ts';
import type { LimitRefusal, LimitRow } from '../../weather/rate-limiter.ts';
import { AnswerCache } from './answer-cache.ts';
import { RawBody } from './bodies.ts';
import { breakBefore, loseAnswer, losesAnswer } from './breakage.ts';
import { callerOf } from './caller.ts';
import { isTooLargeForEdge, rejectAtEdge } from './edge.ts';
import { withExtraField } from './extra-field.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The SDK's name of the call. A route without a name is not an API call. */
    endpoint?: string;
    /** The row of the rate limits that counts the call. Absent if no row does. */
    limit?: LimitRow;
  }
  interface FastifyRequest {
    apiCall: ApiCall | null;
    fault: Fault | null;
    caller: Agent | null;
  }
}

/**
 * Runs before every API call. It records the call and finds its agent. Then it applies latency,
 * faults outside the marketplace, the edge, the rate limiter, and faults inside. A fault can still
 * lose the answer afterwards.
 */
export function gate(server: FastifyInstance, sandbox: Sandbox): void {
  const { market, history, faults, limiter, switches } = sandbox;
  const cache = new AnswerCache();
  server.decorateRequest('apiCall', null);
  server.decorateRequest('fault', null);
  server.decorateRequest('caller', null);

  server.addHook('onRequest', async (request, reply) => {
    const endpoint = endpointOf(request);
    if (endpoint === null) return;
    request.caller = callerOf(request, market.directory);
    const call = history.begin({
      at: market.now(),
      method: request.method,
      path: blotted(request.url, market.directory.agents.values()),
      endpoint,
      agent_id: request.caller?.id ?? null,
      order_id: orderIdOf(request),
      egress: egressOf(request),
    });
    request.apiCall = call;

    const slow = faults.strike(endpoint, ['latency']);
    if (slow !== null) {
      call.latency_ms = slow.latencyMs;
      await delay(slow.latencyMs);
    }
    const cached = cache.find(request);
    if (cached !== null && faults.strike(endpoint, ['stale']) !== null) {
      call.fault = 'stale';
      return reply.type('application/json').send(cached);
    }
    const outside = faults.strike(endpoint, OUTSIDE, Number(request.headers['content-length'] ?? 0));
    if (outside !== null) return strike(outside, request, reply);
    if (isTooLargeForEdge(request, switches.now.edgeBodyBytes)) return rejectAtEdge(reply);
    const { limit } = request.routeOptions.config;
    const refusal = limit === undefined ? null : limiter.take(call.egress, limit, market.now());
    if (refusal !== null) refuse(refusal, reply);
    const inside = faults.strike(endpoint, INSIDE);
    if (inside !== null) return strike(inside, request, reply);
  });

  server.addHook('preHandler', async (request) => {
    const { apiCall } = request;
    if (apiCall !== null) apiCall.body = summaryOf(readable(request), market.directory.agents.values());
  });

  // The body has arrived, so the call takes effect even if its caller gives up meanwhile.
  server.addHook('preHandler', async ({ apiCall }) => {
    const late = apiCall === null ? null : faults.strike(apiCall.endpoint, ['late']);
    if (apiCall === null || late === null) return;
    apiCall.fault = 'late';
    await delay(late.latencyMs);
  });

  server.addHook('preSerialization', async ({ apiCall }, _reply, payload) => {
    const isAnswer = typeof payload === 'object' && payload !== null && 'data' in payload;
    if (apiCall === null || !switches.now.extraField || !isAnswer) return payload;
    return { ...payload, data: withExtraField(payload.data) };
  });

  server.addHook('onSend', async (request, reply, payload) => {
    const { apiCall: call, fault } = request;
    if (call === null) return payload;
    call.took_effect = request.method !== 'GET' && reply.statusCode < 300;
    if (losesAnswer(fault)) await loseAnswer(fault, request);
    else call.status = reply.statusCode;
    if (reply.statusCode === 200 && call.fault !== 'stale') cache.remember(request, payload);
    return payload;
  });
}

/** Applies a fault. @returns the reply when the call ends here. */
function strike(fault: Fault, request: FastifyRequest, reply: FastifyReply) {
  if (request.apiCall !== null) request.apiCall.fault = fault.kind;
  request.fault = fault;
  return losesAnswer(fault) ? undefined : breakBefore(fault, request, reply);
}

/**
 * Rejects a call. Only such an answer carries the rate headers. Its text is an assumption.
 * @throws Refusal 429
 */
function refuse({ limit, waitMs }: LimitRefusal, reply: FastifyReply): never {
  reply.headers({
    'retry-after': Math.max(1, Math.ceil(waitMs / 1000)),
    'x-ratelimit-limit': limit,
    'x-ratelimit-remaining': 0,
    'x-ratelimit-reset': Math.ceil((Date.now() + waitMs) / 1000),
  });
  throw new Refusal(429, 'Too many requests. Please try again later.');
}

/** The history cuts longer texts. */
const LONGEST_TEXT = 10_000;

/**
 * The body for the history: JSON as a value, other text cut short. The upload routes describe a
 * form's file themselves.
 */
function readable({ body, headers }: FastifyRequest): unknown {
  const isForm = headers['content-type']?.startsWith('multipart/') ?? false;
  if (!(body instanceof RawBody) || body.bytes.length === 0 || isForm) return undefined;
  try {
    return JSON.parse(body.bytes.toString('utf8'));
  } catch {
    return body.bytes.toString('utf8', 0, LONGEST_TEXT);
  }
}

/** A call of an API path that does not exist is recorded, too. */
function endpointOf(request: FastifyRequest): string | null {
  return request.routeOptions.config.endpoint ?? (request.url.startsWith('/api/') ? 'unknown' : null);
}

/**
 * The address under which the rate limiter counts the call. Tests call from several addresses by
 * means of a header.
 */
function egressOf(request: FastifyRequest): string {
  const pretended = request.headers['x-sandbox-egress'];
  return typeof pretended === 'string' ? pretended : request.ip;
}

function orderIdOf(request: FastifyRequest): string | null {
  const { id } = (request.params ?? {}) as { id?: string };
  return request.url.startsWith('/api/orders/') ? (id ?? null) : null;
}
