import type { AtelierClient, OrderDetail, OrderMessage, UploadInput } from '@atelier-ai/sdk';
import { AtelierError, ForbiddenError, RateLimitError } from '@atelier-ai/sdk';
import {
  type BuyerReview,
  type Deliverable,
  type OrderRef,
  type OrderSnapshot,
  type OrderStatus,
  parseOrder,
  parseService,
  type ShownDeliverables,
  type SoldService,
  STATUSES_TO_POLL,
  type ThreadMessage,
  UnreadableOrderError,
} from '@fulfillment/shared';
import type { Budget, CallClass, Owed, Yielding } from '../budget/budget.ts';
import {
  classify,
  deniedOrder,
  describeError,
  isAccessDenied,
  othersOrder,
  permanent,
  refused,
  StepError,
  throttled,
  unreadable,
} from '../telemetry/failures.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Agents } from './agents.ts';

/** An order as read now, with the deliverables that the marketplace keeps for it. */
export interface OrderReading extends ShownDeliverables {
  snapshot: OrderSnapshot;
  deliverables: { url: string; status: string }[];
  /** What the buyer says of the completed order; null: nothing yet. */
  review: BuyerReview | null;
}

/** An upload may be large and its way slow. */
const UPLOAD_TIMEOUT_MS = 5 * 60_000;
/** The edge before the marketplace may refuse bodies over about 4.5 MB (observed); a form is a little larger than its file. */
const LARGEST_FORM_BYTES = 4_400_000;
/** The status of a body that is refused for its size. */
const TOO_LARGE = 413;

/** Deliveries that are owed or soon will be: polls and messages yield to them. */
export type CountOwed = () => Promise<Owed>;

/** Of these calls, all that a queue makes are refused together. Uploads stand beside deliveries that may still go, polls have no queue. */
const REFUSED_TOGETHER: readonly CallClass[] = ['deliver', 'quote', 'message'];

/** How long the job of a refused upload waits before it is looked at again, in ms. */
const UPLOAD_WAIT_MS = 30_000;

/** Which orders a list is asked for. */
export interface ListQuery {
  statuses?: readonly OrderStatus[];
  page?: number;
  limit?: number;
}

/** Makes sure, at the last moment, that a write that must take effect once may be made. */
export type LastLook = () => Promise<void>;

/** The calls we make to the marketplace, each under the key of the order's agent and within the API budget. */
export class Marketplace {
  readonly #agents: Agents;
  readonly #budget: Budget;
  readonly #countOwed: CountOwed;
  readonly #log: Logger;

  constructor(agents: Agents, budget: Budget, { countOwed, log }: { countOwed: CountOwed; log: Logger }) {
    this.#agents = agents;
    this.#budget = budget;
    this.#countOwed = countOwed;
    this.#log = log;
  }

  /**
   * Reads one order, past every cache: what a read shows decides whether a write is made, or repeated. Not counted by the marketplace.
   * @throws StepError (`isNotOurs`) for another agent's order.
   */
  async read(ref: OrderRef, signal?: AbortSignal): Promise<OrderReading> {
    const { orders } = this.#client(ref.agentId);
    const order = await reading(async () => {
      try {
        return await orders.get(ref.orderId, { signal, fresh: true });
      } catch (error) {
        if (error instanceof ForbiddenError && (await this.#hasKeyOf(ref.agentId, signal))) {
          throw deniedOrder(`${describeError(error)}.`, error);
        }
        throw error;
      }
    });
    const snapshot = readable(order);
    if (snapshot.id !== ref.orderId) {
      throw permanent(`The marketplace gave order ${snapshot.id} when asked for ${ref.orderId}.`);
    }
    if (snapshot.agentId !== '' && snapshot.agentId !== ref.agentId) {
      throw othersOrder(`Order ${ref.orderId} belongs to another agent (${snapshot.agentId}).`);
    }
    const primaryUrl = typeof order.deliverable_url === 'string' ? order.deliverable_url : null;
    const deliverables = deliverablesOf(order);
    if (deliverables.length > 0) snapshot.hasDeliverables = true;
    return { snapshot, deliverables, primaryUrl, review: reviewOf(order) };
  }

  /**
   * Whether our key is the agent's. A wrong key and another agent's order read as the same 403 (observed); only `agents.me` tells them
   * apart. Not counted.
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
   * The orders of an agent, as the marketplace gave them: one counted call.
   * @param query the statuses, by default those that wait for the seller, and the page. The marketplace ignores the page today
   * (observed), and gives all.
   * @param yielding how it yields to deliveries.
   */
  async list(
    agentId: string,
    { statuses = STATUSES_TO_POLL, ...range }: ListQuery = {},
    yielding: Yielding = {},
  ): Promise<unknown[]> {
    const { client } = this.#agents.require(agentId);
    const call = () => client.orders.listForAgent(agentId, { status: [...statuses], ...range });
    return this.#counted('poll', call, { yielding });
  }

  /** What an agent sells now. Not counted by the marketplace (observed). */
  async services(agentId: string): Promise<SoldService[]> {
    const rows = await this.#client(agentId).services.listForAgent(agentId);
    // A service that cannot be read stops no other one.
    return rows.flatMap((row) => parseService(row) ?? []);
  }

  /** One service of an agent; also one that was deleted, and is in no list (observed). Not counted. @returns null when the answer is not it. */
  async service(agentId: string, serviceId: string): Promise<SoldService | null> {
    const service = parseService(await this.#client(agentId).services.get(serviceId));
    return service?.id === serviceId ? service : null;
  }

  /** The oldest messages of a thread, up to `THREAD_LIMIT`, past every cache. Not counted; marks them read. */
  async thread(ref: OrderRef, signal?: AbortSignal): Promise<ThreadMessage[]> {
    const { orders } = this.#client(ref.agentId);
    const messages = await reading(() => orders.getMessages(ref.orderId, { signal, fresh: true }));
    return messages.map(toThreadMessage);
  }

  /** @param lastLook called when the call may be made, right before it is; what it throws stops the call. */
  async quote(ref: OrderRef, priceUsd: string, lastLook: LastLook): Promise<void> {
    const { orders } = this.#client(ref.agentId);
    await this.#counted('quote', () => orders.quote(ref.orderId, { price_usd: priceUsd }), { lastLook });
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
    const order = await this.#counted(
      'deliver',
      () => orders.deliver(ref.orderId, others.length === 0 ? first : { deliverables: rows }),
      { lastLook },
    );
    const status: unknown = order?.status;
    return typeof status === 'string' ? { status } : {};
  }

  /** @param lastLook as for `quote`. @param yielding as for `list`. */
  async sendMessage(
    ref: OrderRef,
    content: string,
    lastLook: LastLook,
    yielding: Yielding = {},
  ): Promise<void> {
    const { orders } = this.#client(ref.agentId);
    const call = () => orders.sendMessage(ref.orderId, { content });
    await this.#counted('message', call, { lastLook, yielding });
  }

  /** Asks the marketplace to send the payout of a completed order again. @throws AtelierError 409 when it was paid, 422 without a payout wallet. */
  async retryPayout(ref: OrderRef): Promise<void> {
    const { orders } = this.#client(ref.agentId);
    await this.#counted('payout_retry', () => orders.requestPayoutRetry(ref.orderId));
  }

  /**
   * Has the marketplace host a file. One that is too large for its edge goes straight to its file store, with a token that is counted
   * like an upload. @returns its public URL.
   */
  async upload(ref: OrderRef, file: UploadInput): Promise<string> {
    const { orders } = this.#client(ref.agentId);
    if (bytesOf(file) > LARGEST_FORM_BYTES) return this.#uploadDirect(ref, file);
    try {
      const call = () => orders.upload(ref.orderId, file, { timeout: UPLOAD_TIMEOUT_MS });
      return (await this.#counted('upload', call)).url;
    } catch (error) {
      if (!(error instanceof AtelierError && error.status === TOO_LARGE)) throw error;
      return this.#uploadDirect(ref, file);
    }
  }

  async #uploadDirect(ref: OrderRef, file: UploadInput): Promise<string> {
    const { uploads } = this.#client(ref.agentId);
    const { filename, contentType } = file;
    const token = await this.#counted('upload', () => uploads.createToken({ filename, contentType }));
    return (await uploads.sendDirect(token, file, { timeout: UPLOAD_TIMEOUT_MS })).url;
  }

  #client(agentId: string): AtelierClient {
    return this.#agents.require(agentId).client;
  }

  /** Makes a call that the marketplace counts. @throws StepError when the budget (throttled) or a 429 (refused) holds it back. */
  async #counted<T>(
    callClass: CallClass,
    call: () => Promise<T>,
    { lastLook, yielding }: { lastLook?: LastLook; yielding?: Yielding } = {},
  ): Promise<T> {
    const admission = await this.#budget.admit(callClass, await this.#countOwed(), yielding);
    if (!admission.admitted) {
      const { reason, retryAt, isRefused } = admission;
      throw isRefused ? refusal(callClass, reason, retryAt) : throttled(reason, retryAt);
    }
    try {
      await lastLook?.();
    } catch (error) {
      await this.#budget.giveBack(callClass);
      throw error;
    }
    try {
      const answer = await call();
      if (admission.followsRefusal) await this.#budget.accepted(callClass);
      return answer;
    } catch (error) {
      if (error instanceof RateLimitError) throw await this.#refused(callClass, error);
      // An answer of any other status passed the rate limit. What became of a call without an answer, nobody knows.
      if (admission.followsRefusal && error instanceof AtelierError && error.status > 0) {
        await this.#budget.accepted(callClass);
      }
      throw error;
    }
  }

  /** Takes note of a 429. A refusal that lasts longer than a window means more than a window used up: an operator should know. */
  async #refused(callClass: CallClass, error: RateLimitError): Promise<StepError> {
    // Only the marketplace's own refusal says when its window ends: a proxy's, or one that names no time, says nothing of it.
    const endsWindow = error.resetAt !== undefined;
    const named = Date.now() + error.retryAfter * 1000;
    const { retryAt, refusedForMs } = await this.#budget.refused(callClass, named, endsWindow);
    if (refusedForMs >= this.#budget.windowMs) {
      this.#log.error(
        {
          callClass,
          refusedForSeconds: Math.round(refusedForMs / 1000),
          retryAt: new Date(retryAt).toISOString(),
        },
        'the marketplace has refused all calls of this class for longer than a rate-limit window',
      );
    }
    const waitSeconds = Math.ceil((retryAt - Date.now()) / 1000);
    return refusal(callClass, `the marketplace refuses such calls for ${waitSeconds} s`, retryAt);
  }
}

function refusal(callClass: CallClass, reason: string, retryAt: number): StepError {
  const told = `${reason} (${callClass})`;
  if (REFUSED_TOGETHER.includes(callClass)) return refused(told, retryAt);
  // The upload's job is one of a queue that goes on: a worker behind another address may make it meanwhile.
  const until = callClass === 'upload' ? Math.min(retryAt, Date.now() + UPLOAD_WAIT_MS) : retryAt;
  return new StepError({ kind: 'throttled', reason: told, retryAt: until, isRateLimit: true });
}

function bytesOf({ file }: UploadInput): number {
  return file instanceof Blob ? file.size : file.byteLength;
}

/** @throws StepError (transient) for an answer that says no: reading is tried again. */
async function reading<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const saysNo = isAccessDenied(error) || classify(error).kind === 'permanent';
    if (error instanceof AtelierError && saysNo) throw unreadable(error);
    throw error;
  }
}

/** @throws StepError (permanent): a human must look at an order that is none. */
function readable(order: unknown): OrderSnapshot {
  try {
    return parseOrder(order);
  } catch (error) {
    throw error instanceof UnreadableOrderError ? permanent(error.message, error) : error;
  }
}

function deliverablesOf(order: OrderDetail): OrderReading['deliverables'] {
  return order.deliverables.flatMap((row) =>
    typeof row.deliverable_url === 'string' ? [{ url: row.deliverable_url, status: row.status ?? '' }] : [],
  );
}

function reviewOf({ review }: OrderDetail): BuyerReview | null {
  const { rating, comment } = { rating: null, comment: null, ...review };
  const known = {
    rating: typeof rating === 'number' ? rating : null,
    comment: typeof comment === 'string' && comment.trim() !== '' ? comment : null,
  };
  return known.rating === null && known.comment === null ? null : known;
}

function toThreadMessage(message: OrderMessage): ThreadMessage {
  return {
    fromBuyer: message.sender_type !== 'agent',
    senderName: message.sender_name,
    content: typeof message.content === 'string' ? message.content : '',
    createdAt: message.created_at,
  };
}
