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
/** How long to wait for a read of another order or process. In ms. */
const PATIENCE_MS = 10_000;
/** How often to look whether that read has ended. In ms. */
const LOOK_EVERY_MS = 25;
/** What `servicesAsked` holds during a read. */
const READING = 'reading';

/**
 * The result of a search for a service. Null: the marketplace was asked a moment ago, and did not
 * know the service.
 */
export type ServiceSearch = { service: SoldService } | Unread | null;

interface Unread {
  unread: Pick<FactOf<'service_unread'>, 'cause' | 'reason'>;
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
    const trouble = await this.#once(agentId, LIST_EVERY_MS, () => this.#list(agentId));
    const listed = await this.#cached(agentId, serviceId);
    if (listed !== null) return { service: listed };
    const read = await this.#once(`${agentId}/${serviceId}`, ASK_EVERY_MS, () =>
      this.#read(agentId, serviceId, trouble),
    );
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
   * @returns the result of the read. Null also if somebody else has read.
   */
  async #once(about: string, everyMs: number, read: () => Promise<ServiceSearch>): Promise<ServiceSearch> {
    const key = this.#keys.servicesAsked(about);
    if ((await this.#redis.set(key, READING, 'PX', everyMs, 'NX')) !== 'OK') {
      const begun = performance.now();
      // A process that ended during its read leaves the key as it is.
      while ((await this.#redis.get(key)) === READING && performance.now() - begun < this.#patienceMs)
        await delay(LOOK_EVERY_MS);
      return null;
    }
    try {
      return await read();
    } finally {
      await this.#redis.set(key, 'read', 'KEEPTTL', 'XX');
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
