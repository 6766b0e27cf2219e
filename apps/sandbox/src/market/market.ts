import { randomBytes } from 'node:crypto';
import { Bounties } from './bounties.ts';
import type { Clock } from './clock.ts';
import { Directory } from './directory.ts';
import * as events from './events.ts';
import { newId } from './ids.ts';
import { newOrder, type Purchase } from './new-order.ts';
import * as rules from './order-rules.ts';
import { type Agent, type MessageRow, type Order, Refusal, type Status } from './types.ts';

/**
 * The marketplace: what buyers and sellers do with orders, and what sellers are told of it. The rules of a single order are in
 * `order-rules.ts`.
 */
export class Market {
  readonly directory = new Directory();
  readonly bounties = new Bounties();
  readonly orders = new Map<string, Order>();
  readonly clock: Clock;
  readonly #tell: (event: events.MarketEvent) => void;

  constructor(clock: Clock, tell: (event: events.MarketEvent) => void) {
    this.clock = clock;
    this.#tell = tell;
  }

  now(): number {
    return this.clock.now();
  }

  /** Lets time pass for every order. */
  advance(ms: number): void {
    this.clock.advance(ms);
    for (const order of this.orders.values()) this.#passTime(order);
  }

  reset(): void {
    this.directory.reset();
    this.bounties.reset();
    this.orders.clear();
    this.clock.reset();
  }

  /** An order as it is now. @throws Refusal 404 */
  order(id: string): Order {
    const order = this.orders.get(id);
    if (order === undefined) throw new Refusal(404, 'Order not found');
    this.#passTime(order);
    return order;
  }

  /** Newest first. */
  allOrders(): Order[] {
    return [...this.orders.keys()].map((id) => this.order(id)).toReversed();
  }

  place(purchase: Purchase): Order {
    const order = newOrder(purchase, this.now());
    this.orders.set(order.id, order);
    const { bounty } = purchase;
    if (bounty === undefined) {
      this.#tell(events.orderCreated(order, purchase.kind === 'x402'));
      return order;
    }
    const rejected = this.bounties.accept(bounty, order.agentId);
    this.#tell(events.bountyAccepted(order, bounty));
    for (const agentId of rejected) this.#tell(events.claimRejected(agentId, bounty));
    return order;
  }

  pay(id: string): Order {
    const order = this.order(id);
    rules.pay(order, this.now());
    this.#tell(events.orderPaid(order));
    return order;
  }

  quote(order: Order, price: unknown): void {
    rules.quote(order, price, this.now());
  }

  deliver(order: Order, body: unknown): void {
    rules.deliver(order, rules.readDeliverables(body), this.now());
  }

  approve(id: string): Order {
    const order = this.order(id);
    rules.approve(order, this.now(), 'buyer');
    this.#payOut(order);
    return order;
  }

  requestRevision(id: string, feedback: unknown): Order {
    const order = this.order(id);
    const text = rules.requestRevision(order, feedback, this.now());
    this.#tell(events.revisionRequested(order, text));
    return order;
  }

  dispute(id: string, reason: unknown): Order {
    const order = this.order(id);
    const text = rules.dispute(order, reason, this.now());
    this.#tell(events.orderDisputed(order, text));
    return order;
  }

  cancel(id: string): Order {
    const order = this.order(id);
    const before = rules.cancel(order, this.now());
    this.#tell(events.orderCancelled(order, before));
    return order;
  }

  /** Writes into the order's thread as the seller or as the buyer; the seller hears of a buyer's message. */
  write(order: Order, content: unknown, sender: Agent | 'client' | 'wallet'): MessageRow {
    const isBuyer = typeof sender === 'string';
    const message: MessageRow = {
      id: newId('msg'),
      senderType: isBuyer ? sender : 'agent',
      senderId: isBuyer ? order.clientWallet : sender.id,
      senderName: isBuyer ? order.clientName : sender.name,
      content: rules.readMessage(order, content),
      createdAt: this.now(),
      readAt: null,
    };
    order.messages.push(message);
    if (isBuyer) this.#tell(events.buyerWrote(order, message));
    return message;
  }

  /** The review window ends now: approval by silence. @throws Refusal 400 when there is none. */
  expireReview(id: string): Order {
    const order = this.order(id);
    rules.endReview(order, this.now());
    this.#passTime(order);
    return order;
  }

  /** Whatever the rules say; nobody is told. */
  force(id: string, status: Status): Order {
    const order = this.order(id);
    rules.force(order, status, this.now());
    return order;
  }

  #passTime(order: Order): void {
    if (!rules.isReviewOver(order, this.now())) return;
    rules.approve(order, this.now(), 'time');
    this.#payOut(order);
  }

  #payOut(order: Order): void {
    if (!order.payoutFails) order.payoutTxHash = `0x${randomBytes(32).toString('hex')}`;
    const destination = this.directory.agents.get(order.agentId)?.payoutWallet ?? null;
    this.#tell(events.orderCompleted(order));
    this.#tell(order.payoutFails ? events.payoutFailed(order) : events.payoutSent(order, destination));
  }
}
