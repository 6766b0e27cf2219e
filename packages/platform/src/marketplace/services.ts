import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AtelierError, AuthenticationError, ForbiddenError, NotFoundError } from '@atelier-ai/sdk';
import type { FactOf, SoldService } from '@fulfillment/shared';
import type { Redis } from 'ioredis';
import { readService } from '../record-store/read-record.ts';
import type { RedisKeys } from '../redis/keys.ts';
import { classify, describeError } from '../telemetry/failures.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Marketplace } from './marketplace.ts';

/** How often an agent's services may be listed because of an unknown service. In ms. */
const LIST_EVERY_MS = 10_000;
/** How often the same unknown service may be asked for. In ms. */
const ASK_EVERY_MS = 60_000;
/**
 * How long a search waits for reads of other orders or processes. In ms. The search occupies one of
 * the few slots of reconciles. Its order comes back at the next sweep.
 */
const PATIENCE_MS = 2000;
/** How often to ask whether the read of another process has ended. In ms. */
const ASK_AGAIN_MS = 50;
/** What `servicesAsked` holds during a read begins with this text. */
const READING = 'reading';

/**
 * The result of a search for a service. Null: the marketplace was asked a moment ago, and did not
 * know the service.
 */
export type ServiceSearch = { service: SoldService } | Unread | null;

interface Unread {
  unread: Pick<FactOf<'service_unread'>, 'cause' | 'reason'>;
}

interface Read {
  /** How often the read may be repeated, in ms. */
  everyMs: number;
  /** How long to wait for another read, by `performance.now()`. */
  until: number;
  read: () => Promise<ServiceSearch>;
}

interface ServicesOptions {
  marketplace: Pick<Marketplace, 'services' | 'service'>;
  log: Logger;
  patienceMs?: number;
}

/**
 * The services of every agent, as the marketplace last showed them. All processes share this cache
 * in Redis. An order carries only the id of its service, so the choice of a handler needs this
 * cache.
 */
export class Services {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;
  readonly #marketplace: ServicesOptions['marketplace'];
  readonly #log: Logger;
  readonly #patienceMs: number;
  /** What this process reads, or waits for. */
  readonly #running = new Map<string, Promise<ServiceSearch>>();

  constructor(
    redis: Redis,
    keys: RedisKeys,
    { marketplace, log, patienceMs = PATIENCE_MS }: ServicesOptions,
  ) {
    this.#redis = redis;
    this.#keys = keys;
    this.#marketplace = marketplace;
    this.#log = log;
    this.#patienceMs = patienceMs;
  }

  /**
   * Lists an agent's services and caches them: one call, which the marketplace does not count. A
   * deleted service stays cached: its orders still need it.
   * @throws when the marketplace cannot be asked.
   */
  async refresh(agentId: string): Promise<void> {
    const services = await this.#marketplace.services(agentId);
    await this.#store(agentId, services);
  }

  /**
   * Finds a service in the cache, then in the agent's list, then by its id, since no list shows a
   * deleted service. The number of calls is bounded, even for repeated searches for an id that does
   * not exist. Orders that need a service at the same time share one read, in all processes.
   * @throws StepError when no agent of this process may ask.
   */
  async find(agentId: string, serviceId: string): Promise<ServiceSearch> {
    const known = await this.#cached(agentId, serviceId);
    if (known !== null) return { service: known };
    const until = performance.now() + this.#patienceMs;
    const list = { everyMs: LIST_EVERY_MS, until, read: () => this.#list(agentId) };
    const trouble = await this.#once(agentId, list);
    const listed = await this.#cached(agentId, serviceId);
    if (listed !== null) return { service: listed };
    const one = { everyMs: ASK_EVERY_MS, until, read: () => this.#read(agentId, serviceId, trouble) };
    const read = await this.#once(`${agentId}/${serviceId}`, one);
    if (read !== null) return read;
    const meanwhile = await this.#cached(agentId, serviceId);
    return meanwhile === null ? trouble : { service: meanwhile };
  }

  /** @returns why the list could not be read. Null: it was read. */
  async #list(agentId: string): Promise<ServiceSearch> {
    try {
      await this.refresh(agentId);
      return null;
    } catch (error) {
      return unread(error);
    }
  }

  /** @param trouble why the list could not be read. */
  async #read(agentId: string, serviceId: string, trouble: ServiceSearch): Promise<ServiceSearch> {
    try {
      const service = await this.#marketplace.service(agentId, serviceId);
      if (service === null) return notListed('The marketplace gave something that is not this service.');
      await this.#store(agentId, [service]);
      return { service };
    } catch (error) {
      const failure = unread(error);
      if (trouble === null) return failure;
      this.#log.warn({ agentId, serviceId, ...failure.unread }, 'the service cannot be read by its id');
      return trouble;
    }
  }

  /**
   * Reads from the marketplace unless somebody did a moment ago. Waits for a read that goes on.
   * @returns the result of the read. Null also if somebody else has read, or still reads.
   */
  async #once(about: string, given: Read): Promise<ServiceSearch> {
    const running = this.#running.get(about);
    if (running !== undefined) {
      const isOver = running.then(
        () => undefined,
        () => undefined,
      );
      await Promise.race([isOver, delay(Math.max(0, given.until - performance.now()))]);
      return null;
    }
    const search = this.#readOrWait(about, given).finally(() => this.#running.delete(about));
    this.#running.set(about, search);
    return search;
  }

  async #readOrWait(about: string, { everyMs, until, read }: Read): Promise<ServiceSearch> {
    const key = this.#keys.servicesAsked(about);
    const mark = `${READING} ${randomUUID()}`;
    if ((await this.#redis.set(key, mark, 'PX', everyMs, 'NX')) !== 'OK') {
      // A process that ended during its read leaves the key as it is.
      while ((await this.#redis.get(key))?.startsWith(READING) && performance.now() < until)
        await delay(ASK_AGAIN_MS);
      return null;
    }
    try {
      return await read();
    } finally {
      // If the read took longer than its mark lasts, another read may go on now.
      if ((await this.#redis.get(key)) === mark) await this.#redis.set(key, 'read', 'KEEPTTL', 'XX');
    }
  }

  async #cached(agentId: string, serviceId: string): Promise<SoldService | null> {
    return readService(await this.#redis.hget(this.#keys.services(agentId), serviceId));
  }

  async #store(agentId: string, services: readonly SoldService[]): Promise<void> {
    if (services.length === 0) return;
    const fields = services.map((service) => [service.id, JSON.stringify(service)]);
    await this.#redis.hset(this.#keys.services(agentId), Object.fromEntries(fields));
  }
}

/**
 * @throws any error that the marketplace did not cause: a StepError when no agent of this process
 * may ask, trouble with Redis, a bug.
 */
function unread(error: unknown): Unread {
  if (!(error instanceof AtelierError)) throw error;
  const reason = describeError(error);
  if (error instanceof NotFoundError) return notListed(reason);
  if (error instanceof AuthenticationError || error instanceof ForbiddenError) {
    return { unread: { cause: 'denied', reason } };
  }
  return { unread: { cause: classify(error).kind === 'permanent' ? 'denied' : 'outage', reason } };
}

function notListed(reason: string): Unread {
  return { unread: { cause: 'not_listed', reason } };
}
