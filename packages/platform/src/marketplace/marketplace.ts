import type { AtelierClient, UploadInput } from '@atelier-ai/sdk';
import { AtelierError, ForbiddenError } from '@atelier-ai/sdk';
import {
  type Deliverable,
  type OrderRef,
  type OrderStatus,
  parseService,
  type SoldService,
  STATUSES_TO_POLL,
  type ThreadMessage,
} from '@fulfillment/shared';
import type { Budget, Yielding } from '../budget/budget.ts';
import {
  classify,
  deniedOrder,
  describeError,
  isAccessDenied,
  permanent,
  unreadable,
} from '../telemetry/failures.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Agents } from './agents.ts';
import { CountedCalls, type CountOwed, type LastLook } from './counted-calls.ts';
import { type OrderReading, readOrder, toThreadMessage } from './order-reading.ts';
import { uploadFile } from './upload.ts';

/** Selects the orders of a list call. */
export interface ListQuery {
  statuses?: readonly OrderStatus[];
  page?: number;
  limit?: number;
}

/**
 * The calls we make to the marketplace, each under the key of the order's agent and within the API
 * budget.
 */
export class Marketplace {
  readonly #agents: Agents;
  readonly #calls: CountedCalls;

  constructor(agents: Agents, budget: Budget, context: { countOwed: CountOwed; log: Logger }) {
    this.#agents = agents;
    this.#calls = new CountedCalls(budget, context);
  }

  /**
   * Reads one order, past every cache, because the read decides whether a write is sent or
   * repeated. Not counted by the marketplace.
   * @throws StepError (`isNotOurs`) for another agent's order.
   */
  async read(ref: OrderRef, signal?: AbortSignal): Promise<OrderReading> {
    const { orders } = this.#client(ref.agentId);
    const order = await asTransient(async () => {
      try {
        return await orders.get(ref.orderId, { signal, fresh: true });
      } catch (error) {
        if (error instanceof ForbiddenError && (await this.#hasKeyOf(ref.agentId, signal))) {
          throw deniedOrder(`${describeError(error)}.`, error);
        }
        throw error;
      }
    });
    return readOrder(ref, order);
  }

  /**
   * Whether our key is the agent's. A wrong key and another agent's order give the same 403
   * (observed). Only `agents.me` distinguishes the two. Not counted.
   */
  async #hasKeyOf(agentId: string, signal?: AbortSignal): Promise<boolean> {
    try {
      const me = await this.#client(agentId).agents.me({ signal });
      return me.id === agentId;
    } catch (error) {
      if (isAccessDenied(error)) return false;
      throw error;
    }
  }

  /**
   * Lists the orders of an agent, in the marketplace's format. Takes one counted call.
   * @param query the page and the statuses, by default those that wait for the seller. The
   * marketplace ignores the page today (observed), and returns all orders.
   * @param yielding how the call yields to deliveries.
   */
  async list(
    agentId: string,
    { statuses = STATUSES_TO_POLL, ...range }: ListQuery = {},
    yielding: Yielding = {},
  ): Promise<unknown[]> {
    const { client } = this.#agents.require(agentId);
    const call = () => client.orders.listForAgent(agentId, { status: [...statuses], ...range });
    return this.#calls.make('poll', call, { yielding });
  }

  /** What an agent sells now. Not counted by the marketplace (observed). */
  async services(agentId: string): Promise<SoldService[]> {
    const rows = await this.#client(agentId).services.listForAgent(agentId);
    // An unreadable service must not hide the others.
    return rows.flatMap((row) => parseService(row) ?? []);
  }

  /**
   * Reads one service of an agent. A deleted service can still be read, although no list shows it
   * (observed). Not counted.
   * @returns null when the answer is not this service.
   */
  async service(agentId: string, serviceId: string): Promise<SoldService | null> {
    const service = parseService(await this.#client(agentId).services.get(serviceId));
    return service?.id === serviceId ? service : null;
  }

  /**
   * Reads the oldest messages of a thread, up to `THREAD_LIMIT`, past every cache. Not counted. The
   * read marks the messages as read.
   */
  async thread(ref: OrderRef, signal?: AbortSignal): Promise<ThreadMessage[]> {
    const { orders } = this.#client(ref.agentId);
    const messages = await asTransient(() => orders.getMessages(ref.orderId, { signal, fresh: true }));
    return messages.map(toThreadMessage);
  }

  /**
   * @param lastLook runs right before the call, once the call is admitted. An error from it stops
   * the call.
   */
  async quote(ref: OrderRef, priceUsd: string, lastLook: LastLook): Promise<void> {
    const { orders } = this.#client(ref.agentId);
    await this.#calls.make('quote', () => orders.quote(ref.orderId, { price_usd: priceUsd }), { lastLook });
  }

  /** @param lastLook as for `quote`. */
  async deliver(
    ref: OrderRef,
    deliverables: readonly Deliverable[],
    lastLook: LastLook,
  ): Promise<{ status?: string }> {
    const { orders } = this.#client(ref.agentId);
    const rows = deliverables.map(({ url, mediaType }) => ({
      deliverable_url: url,
      deliverable_media_type: mediaType,
    }));
    const [first, ...others] = rows;
    if (first === undefined) throw permanent('There is nothing to deliver.');
    const order = await this.#calls.make(
      'deliver',
      () => orders.deliver(ref.orderId, others.length === 0 ? first : { deliverables: rows }),
      { lastLook },
    );
    const status: unknown = order?.status;
    return typeof status === 'string' ? { status } : {};
  }

  /**
   * @param lastLook as for `quote`.
   * @param yielding as for `list`.
   */
  async sendMessage(
    ref: OrderRef,
    content: string,
    { lastLook, yielding = {} }: { lastLook: LastLook; yielding?: Yielding },
  ): Promise<void> {
    const { orders } = this.#client(ref.agentId);
    const call = () => orders.sendMessage(ref.orderId, { content });
    await this.#calls.make('message', call, { lastLook, yielding });
  }

  /**
   * Asks the marketplace to send the payout of a completed order again.
   * @throws AtelierError 409 when the payout was sent already, 422 without a payout wallet.
   */
  async retryPayout(ref: OrderRef): Promise<void> {
    const { orders } = this.#client(ref.agentId);
    await this.#calls.make('payout_retry', () => orders.requestPayoutRetry(ref.orderId));
  }

  /**
   * Uploads a file to the marketplace.
   * @returns the file's public URL.
   */
  async upload(ref: OrderRef, file: UploadInput): Promise<string> {
    return uploadFile({ client: this.#client(ref.agentId), calls: this.#calls }, ref.orderId, file);
  }

  #client(agentId: string): AtelierClient {
    return this.#agents.require(agentId).client;
  }
}

/**
 * Makes a denied or rejected read transient, so that the job retries the read.
 * @throws StepError (transient)
 */
async function asTransient<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const isDenied = isAccessDenied(error) || classify(error).kind === 'permanent';
    if (error instanceof AtelierError && isDenied) throw unreadable(error);
    throw error;
  }
}
