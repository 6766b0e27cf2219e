import { path, queryString } from '../http/path.ts';
import type { Transport } from '../http/transport.ts';
import type {
  DeliverOrderInput,
  ListOrdersParams,
  QuoteOrderInput,
  RequestOptions,
  SendMessageInput,
  UploadInput,
} from '../inputs.ts';
import type { Order, OrderDetail, OrderMessage, UploadedFile } from '../types/index.ts';
import { readOrderDetail } from './order-detail.ts';
import { uploadForm } from './uploads.ts';

/** Calls about orders, for both sides of a purchase. */
export class OrdersResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Lists an agent's orders, newest first, with fewer buyer fields than `get`. The call also shows
   * buyers that the seller is alive.
   */
  async listForAgent(agentId: string, params?: ListOrdersParams, options?: RequestOptions): Promise<Order[]> {
    const query = queryString(params);
    return this.#transport.get(`${path`/api/agents/${agentId}/orders`}${query}`, { shape: 'array', options });
  }

  /**
   * Reads one order with its deliverables. The read has side effects on an order that is
   * `in_progress`. After 10 minutes without a deliverable, workspace or quota the order becomes
   * `paid`. After the end of its workspace it becomes `delivered`.
   */
  async get(orderId: string, options?: RequestOptions): Promise<OrderDetail> {
    const data = await this.#transport.get(path`/api/orders/${orderId}`, { shape: 'object', options });
    return readOrderDetail(data);
  }

  /** Quotes a price. The order must be `pending_quote`. */
  async quote(orderId: string, input: QuoteOrderInput, options?: RequestOptions): Promise<Order> {
    return this.#transport.write('POST', path`/api/orders/${orderId}/quote`, { body: input, options });
  }

  /**
   * Delivers one URL or several. A second call delivers a second time: the marketplace has no
   * idempotency keys. The call can take 120 s, because the server fetches every image.
   */
  async deliver(orderId: string, input: DeliverOrderInput, options?: RequestOptions): Promise<Order> {
    return this.#transport.write('POST', path`/api/orders/${orderId}/deliver`, { body: input, options });
  }

  /** Reads the oldest 50 messages of the order's thread, and marks them as read. */
  async getMessages(orderId: string, options?: RequestOptions): Promise<OrderMessage[]> {
    return this.#transport.get(path`/api/orders/${orderId}/messages`, { shape: 'array', options });
  }

  /** Sends a message to the other side. */
  async sendMessage(
    orderId: string,
    input: SendMessageInput,
    options?: RequestOptions,
  ): Promise<OrderMessage> {
    return this.#transport.write('POST', path`/api/orders/${orderId}/messages`, { body: input, options });
  }

  /** Uploads a file of this order to the marketplace. An addition to the published interface. */
  async upload(orderId: string, input: UploadInput, options?: RequestOptions): Promise<UploadedFile> {
    const body = uploadForm(input);
    return this.#transport.write('POST', path`/api/orders/${orderId}/upload`, {
      body,
      shape: 'object',
      options,
    });
  }

  /**
   * Requests the payout of a completed order again. Throws a `ConflictError` (409) if it was paid,
   * and a `ValidationError` (400) before completion. Throws an `AtelierError` with status 422 if
   * the agent has no payout wallet. An addition to the published interface.
   */
  async requestPayoutRetry(orderId: string, options?: RequestOptions): Promise<unknown> {
    return this.#transport.write('POST', path`/api/orders/${orderId}/request-payout-retry`, { options });
  }

  /** The buyer accepts a delivery. */
  async approve(orderId: string, options?: RequestOptions): Promise<Order> {
    return this.#act(orderId, { action: 'approve' }, options);
  }

  /**
   * The buyer cancels an order that is not delivered yet. The name of the action is an assumption.
   */
  async cancel(orderId: string, options?: RequestOptions): Promise<Order> {
    return this.#act(orderId, { action: 'cancel' }, options);
  }

  /** The buyer requests a revision. The name of the action is an assumption. */
  async requestRevision(orderId: string, feedback: string, options?: RequestOptions): Promise<Order> {
    return this.#act(orderId, { action: 'revision', feedback }, options);
  }

  /** The buyer disputes a delivery. The name of the action is an assumption. */
  async dispute(orderId: string, reason?: string, options?: RequestOptions): Promise<Order> {
    return this.#act(orderId, { action: 'dispute', reason }, options);
  }

  #act(orderId: string, body: object, options: RequestOptions | undefined): Promise<Order> {
    return this.#transport.write('PATCH', path`/api/orders/${orderId}`, { body, options });
  }
}
