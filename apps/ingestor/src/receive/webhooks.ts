import { type VerifiedWebhook, verifyWebhook, WebhookVerificationError } from '@atelier-ai/sdk';
import {
  type Agents,
  describeError,
  type Logger,
  Queues,
  RecordStore,
  type Runtime,
  untilReady,
} from '@fulfillment/platform';
import {
  contentHash,
  type EventFacts,
  type Fact,
  factsFromEvent,
  type OrderRef,
  WEBHOOK_PATH,
} from '@fulfillment/shared';
import type { FastifyInstance } from 'fastify';
import type { Counter } from './intake-metrics.ts';
import { intakeMetrics } from './intake-metrics.ts';
import { LateReconciles } from './late-reconciles.ts';
import { Rush } from './rush.ts';

/** Larger bodies are rejected with 413. */
export const MAX_WEBHOOK_BYTES = 256 * 1024;

/**
 * Polls ask only whether webhooks arrive, not how many. So an arrival is recorded at most this
 * often.
 */
const HEARD_EVERY_MS = 1000;

/** For how long the count of bad signatures lasts after the last one, in ms. */
const BAD_SIGNATURES_KEPT_MS = 15 * 60_000;

/** The dependencies of the receiver. Tests pass their own. */
export interface Receiver {
  agents: Pick<Agents, 'find' | 'isComplete'>;
  /**
   * Stores the facts, then asks for the order to be reconciled. Fails at once when Redis is away.
   */
  accept(ref: OrderRef, facts: Fact[]): Promise<void>;
  /** An event of no order, or a sign that webhooks work. */
  heard(agentId: string): Promise<void>;
  /** A webhook of an agent had a wrong signature. It is counted for the alerts. */
  badlySigned(agentId: string): void;
  log: Logger;
  count: Counter;
  rush: Pick<Rush, 'came'>;
}

/** The outcome of a webhook, as the answer's status and text. 2xx only once the fact is stored. */
type Outcome = { status: 202 | 400 | 401 | 404 | 503; text: string };

/**
 * A receiver with a connection of its own that fails fast. The sender retries after an error, but a
 * webhook whose answer hangs is lost.
 */
export async function receiverOf(runtime: Runtime): Promise<Receiver> {
  const { keys, agents, log, metrics } = runtime;
  const redis = runtime.openRedis('producer');
  await untilReady(redis);
  const queues = await Queues.open(redis, keys.bull, log);
  const store = new RecordStore(redis, keys);
  const rush = new Rush();
  const { reconciler, stopping } = runtime;
  const reconciles = new LateReconciles({ queues, reconciler, rush, log, stopping });
  const heardAt = new Map<string, number>();
  const countedAt = new Map<string, number>();
  return {
    agents,
    log,
    rush,
    count: intakeMetrics(metrics).webhooks,
    async accept(ref, facts) {
      await store.hint(ref, facts);
      reconciles.ask(ref);
    },
    async heard(agentId) {
      const now = Date.now();
      if (now - (heardAt.get(agentId) ?? 0) < HEARD_EVERY_MS) return;
      await redis.hset(keys.polling(agentId), 'heardAt', now);
      heardAt.set(agentId, now);
    },
    badlySigned(agentId) {
      const now = Date.now();
      // Anybody can send these webhooks, so they must cost little.
      if (now - (countedAt.get(agentId) ?? 0) < HEARD_EVERY_MS) return;
      countedAt.set(agentId, now);
      const key = keys.badSignatures(agentId);
      const counted = redis.multi().incr(key).pexpire(key, BAD_SIGNATURES_KEPT_MS).exec();
      counted.catch((error: unknown) =>
        log.debug({ agentId, reason: describeError(error) }, 'cannot count a bad signature now'),
      );
    },
  };
}

/** `POST /webhooks/atelier`. The raw body is kept, because the signature is over its bytes. */
export async function webhookRoutes(
  server: FastifyInstance,
  { receiver }: { receiver: Receiver },
): Promise<void> {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  logRejectedBodies(server, receiver);

  server.post(WEBHOOK_PATH, { bodyLimit: MAX_WEBHOOK_BYTES }, async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    receiver.rush.came();
    const outcome = await receive(receiver, body, {
      agentId: headerOf(request.headers['x-atelier-agent-id']),
      signature: headerOf(request.headers['x-atelier-signature']),
    });
    receiver.count.inc({ status: String(outcome.status) });
    return reply.code(outcome.status).send({ status: outcome.text });
  });
}

/**
 * A body that is rejected during reading never reaches the handler. Without this log line nobody
 * would know that an event was lost.
 */
function logRejectedBodies(server: FastifyInstance, { log, count }: Receiver): void {
  server.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    const fields = {
      agentId: headerOf(request.headers['x-atelier-agent-id']).slice(0, 100),
      event: headerOf(request.headers['x-atelier-event']).slice(0, 100),
      bytes: Number(request.headers['content-length']) || null,
      status,
      reason: describeError(error),
    };
    log.warn(fields, 'webhook rejected: its body cannot be read');
    count.inc({ status: String(status) });
    return reply.code(status).send({ error: status < 500 ? error.message : 'internal error' });
  });
}

/** Handles one webhook: verifies it, records its facts, and has its order reconciled. */
async function receive(
  receiver: Receiver,
  body: Buffer,
  { agentId, signature }: { agentId: string; signature: string },
): Promise<Outcome> {
  const log = receiver.log.child({ agentId: agentId.slice(0, 100) });
  const agent = receiver.agents.find(agentId);
  if (agent === undefined) return unknownAgent(receiver, log);
  if (agent.webhookSecret === null) {
    log.warn('webhook refused: this agent has no webhook secret. Set PUBLIC_URL or ATELIER_WEBHOOK_SECRET');
    return { status: 401, text: 'no webhook secret is set for this agent' };
  }
  let webhook: VerifiedWebhook;
  try {
    webhook = verifyWebhook(agent.webhookSecret, { body, signature });
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    if (error.reason === 'malformed_body') return malformed(error.message, log);
    log.warn({ reason: error.reason }, 'webhook refused: bad signature');
    receiver.badlySigned(agentId);
    return { status: 401, text: error.reason };
  }
  const delivery = { bodyHash: contentHash(body), sentAt: webhook.signedAt };
  const read = factsFromEvent(webhook.event, delivery);
  return 'problem' in read ? malformed(read.problem, log) : accept({ ...receiver, log }, agentId, read);
}

async function accept({ log, ...receiver }: Receiver, agentId: string, read: EventFacts): Promise<Outcome> {
  try {
    if (read.orderId !== null) await receiver.accept({ agentId, orderId: read.orderId }, read.facts);
    await receiver.heard(agentId);
  } catch (error) {
    log.error(
      { event: read.event, orderId: read.orderId, reason: describeError(error) },
      'webhook not stored',
    );
    return { status: 503, text: 'cannot be stored now, send it again' };
  }
  log.info({ event: read.event, orderId: read.orderId }, 'webhook');
  return { status: 202, text: 'accepted' };
}

/**
 * Until every agent is identified, an unknown agent may be ours, so the sender should try again.
 */
function unknownAgent(receiver: Receiver, log: Logger): Outcome {
  if (!receiver.agents.isComplete) return { status: 503, text: 'not ready yet, send it again' };
  log.warn('webhook refused: no such agent');
  return { status: 404, text: 'no such agent' };
}

function malformed(problem: string, log: Logger): Outcome {
  log.warn({ problem }, 'webhook refused: malformed');
  return { status: 400, text: `malformed: ${problem}` };
}

function headerOf(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? '';
}
