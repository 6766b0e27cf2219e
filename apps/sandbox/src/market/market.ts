import type { Switches } from '../behaviour/behaviour.ts';
import { Bounties } from './bounties.ts';
import type { Clock } from './clock.ts';
import { Directory } from './directory.ts';
import * as events from './events.ts';
import { newId, newTxHash } from './ids.ts';
import { payoutDestination } from './money.ts';
import { newOrder, type Purchase } from './new-order.ts';
import type { Delivered } from './rules/deliverables.ts';
import * as rules from './rules/order-rules.ts';
import { passWorkspaceTime } from './rules/workspaces.ts';
import { type Agent, type MessageRow, type Order, Refusal, type Status } from './types.ts';

/** The dependencies of a market. */
export interface Surroundings {
  clock: Clock;
  switches: Switches;
  /** Sends an event to its seller. */
  tell: (event: events.MarketEvent) => void;
  /** Runs work after this many ms. */
  after: (ms: number, work: () => void) => void;
}

/**
 * The marketplace: carries out the actions of buyers and sellers on orders, and sends sellers the
 * events. `rules/` has the rules of a single order.
 */
export class Market {
  readonly directory = new Directory();
  readonly bounties = new Bounties();
  readonly orders = new Map<string, Order>();
  readonly clock: Clock;
  readonly #switches: Switches;
  readonly #tell: Surroundings['tell'];
  readonly #after: Surroundings['after'];

  constructor({ clock, switches, tell, after }: Surroundings) {
    this.clock = clock;
    this.#switches = switches;
    this.#tell = tell;
    this.#after = after;
  }

  now(): number {
    return this.clock.now();
  }

  /** Moves the clock, and applies the passed time to every order. */
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

  /** The current state of an order. @throws Refusal 404 */
  order(id: string): Order {
    const order = this.orders.get(id);
    if (order === undefined) throw new Refusal(404, 'Order not found');
    this.#passTime(order);
    return order;
  }

  /**
   * Like `order`, for a participant's read of the order alone. Such a read ends or idles its
   * workspace.
   * @throws Refusal 404
   */
  readAlone(id: string): Order {
    const order = this.order(id);
    passWorkspaceTime(order, this.now());
    return order;
  }

  /** Newest first. */
  allOrders(): Order[] {
    return [...this.orders.keys()].map((id) => this.order(id)).toReversed();
  }

  /** Places an order. @throws Refusal 403 if the agent cannot be hired. */
  place(purchase: Purchase): Order {
    if (!this.directory.agent(purchase.agentId).isMarketable) {
      throw new Refusal(403, 'This agent is not yet available for hire.');
    }
    const order = newOrder(purchase, this.now());
    this.orders.set(order.id, order);
    const { bounty, kind } = purchase;
    if (bounty === undefined) {
      this.#tell(events.orderCreated(order, kind === 'x402'));
      if (kind === 'x402') this.#beginHire(order);
      return order;
    }
    const rejected = this.bounties.accept(bounty, order);
    this.#tell(events.bountyAccepted(order, bounty));
    for (const agentId of rejected) this.#tell(events.claimRejected(agentId, order, bounty));
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

  deliver(order: Order, delivered: readonly Delivered[]): void {
    rules.deliver(order, delivered, this.now());
  }

  approve(id: string): Order {
    const order = this.order(id);
    rules.approve(order, this.now(), 'buyer');
    this.#complete(order);
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

  /**
   * Adds a message of the seller or the buyer. A buyer's message also goes to the seller as an
   * event.
   */
  write(order: Order, content: unknown, sender: Agent | 'client' | 'wallet'): MessageRow {
    const isBuyer = typeof sender === 'string';
    const message: MessageRow = {
      id: newId('msg'),
      senderType: isBuyer ? sender : 'agent',
      senderId: isBuyer ? order.client.wallet : sender.id,
      senderName: isBuyer ? (order.client.displayName ?? order.client.name) : sender.name,
      content: rules.readMessage(order, content),
      createdAt: this.now(),
      readAt: null,
    };
    order.messages.push(message);
    if (isBuyer) this.#tell(events.buyerWrote(order, message));
    return message;
  }

  /** Ends the review window now: approval by silence. @throws Refusal 400 if there is no window. */
  expireReview(id: string): Order {
    const order = this.order(id);
    rules.endReview(order, this.now());
    this.#passTime(order);
    return order;
  }

  /** Sets a status against all rules, and sends no event. */
  force(id: string, status: Status): Order {
    const order = this.order(id);
    rules.force(order, status, this.now());
    return order;
  }

  /**
   * Requests a failed payout again, for an agent. Only the statuses are documented. The sandbox
   * assumes that the payout follows later: see `payAgain`.
   * @throws Refusal 400, 403, 404, 409, 422
   */
  requestPayoutRetry(id: string, agent: Agent): void {
    const order = this.order(id);
    if (order.agentId !== agent.id) throw new Refusal(403, 'You are not the provider for this order');
    rules.requireAwaitedPayout(order);
    if (this.#destination(order).address === null) throw new Refusal(422, 'The agent has no payout wallet');
  }

  /**
   * The platform retries the payout of a completed order, and sends the seller the result.
   * @throws Refusal 400, 409
   */
  payAgain(id: string): Order {
    const order = this.order(id);
    rules.requireAwaitedPayout(order);
    this.#payOut(order);
    this.#tell(events.payout(order, this.#destination(order)));
    return order;
  }

  #passTime(order: Order): void {
    if (order.hireSettlesAt !== null && this.now() >= order.hireSettlesAt) this.#settleHire(order);
    if (!rules.isReviewOver(order, this.now())) return;
    rules.approve(order, this.now(), 'time');
    this.#complete(order);
  }

  #beginHire(order: Order): void {
    const { x402GapMs } = this.#switches.now;
    order.hireSettlesAt = this.now() + x402GapMs;
    if (x402GapMs === 0) this.#settleHire(order);
    else this.#after(x402GapMs, () => this.#settleHire(order));
  }

  /**
   * Pays the seller, then writes `paid` over any status that the order got since its webhook
   * (observed).
   */
  #settleHire(order: Order): void {
    if (order.hireSettlesAt === null) return;
    order.hireSettlesAt = null;
    if (this.#payOut(order)) rules.overwriteWithPaid(order, this.now());
    this.#tell(events.payout(order, this.#destination(order)));
  }

  #complete(order: Order): void {
    const isPaid = order.payoutTxHash !== null || this.#payOut(order);
    this.#tell(events.orderCompleted(order, !isPaid));
    if (this.#switches.now.payoutEvents) this.#tell(events.payout(order, this.#destination(order)));
  }

  /** Transfers the payout. @returns whether the transfer succeeded. */
  #payOut(order: Order): boolean {
    if (order.payoutFails || this.#destination(order).address === null) return false;
    order.payoutTxHash = newTxHash();
    return true;
  }

  #destination(order: Order): ReturnType<typeof payoutDestination> {
    return payoutDestination(this.directory.agent(order.agentId));
  }
}
