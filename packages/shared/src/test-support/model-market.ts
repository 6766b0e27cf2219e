import type { OrderStatus } from '../order/order.ts';
import type { ThreadMessage } from '../order/thread.ts';
import { owedRound } from '../record/rounds.ts';
import { orderRow, URL_OF } from './records.ts';

/** A webhook in the marketplace's format. */
export interface Webhook {
  event: string;
  order_id: string;
  data: Record<string, unknown>;
}

/** A minimal marketplace with one order, which follows the rules of the statuses. */
export class ModelMarket {
  status: OrderStatus;
  revisionCount = 0;
  /** The rounds that were delivered, one entry for each delivery that took effect. */
  readonly deliveries: string[] = [];
  readonly thread: ThreadMessage[] = [];
  readonly webhooks: Webhook[] = [];
  payoutTxHash: string | null = null;
  /** How often `paid` overwrote a delivery. */
  overwrites = 0;
  #before: { status: OrderStatus; revisionCount: number };

  constructor(status: OrderStatus) {
    this.status = status;
    this.#before = { status, revisionCount: 0 };
  }

  row(now: number, status = this.status, revisionCount = this.revisionCount): Record<string, unknown> {
    const last = this.deliveries.at(-1);
    return orderRow({
      status,
      revision_count: revisionCount,
      payout_tx_hash: this.payoutTxHash,
      deliverable_url: last === undefined ? null : URL_OF(last),
      created_at: new Date(now).toISOString(),
    });
  }

  /** The order before its last step. */
  rowBefore(now: number): Record<string, unknown> {
    return this.row(now, this.#before.status, this.#before.revisionCount);
  }

  quote(): boolean {
    return this.#move(['pending_quote'], 'quoted');
  }

  deliver(round: string): void {
    this.deliveries.push(round);
    this.#before = { status: this.status, revisionCount: this.revisionCount };
    this.status = 'delivered';
  }

  /** The x402 race: the marketplace writes the payment after our delivery. */
  overwrite(): void {
    if (this.revisionCount > 0 || !this.#move(['delivered'], 'paid')) return;
    this.overwrites += 1;
  }

  get hasDeliverables(): boolean {
    return this.deliveries.length > 0;
  }

  get owes(): string | null {
    return owedRound(this);
  }

  pay(): void {
    if (this.#move(['quoted'], 'paid')) this.#notify('order.paid', { status: 'paid' });
  }

  /** A workspace expires: the order becomes delivered, with or without a delivery. */
  expire(): void {
    this.#move(['paid'], 'delivered');
  }

  cancel(): void {
    const before = this.status;
    if (this.#move(['pending_quote', 'quoted', 'paid'], 'cancelled')) {
      this.#notify('order.cancelled', { previous_status: before });
    }
  }

  askRevision(feedback: string): void {
    if (!this.#move(['delivered'], 'revision_requested')) return;
    this.revisionCount += 1;
    this.#notify('order.revision_requested', {
      feedback,
      revision_count: this.revisionCount,
      is_extra: false,
    });
  }

  dispute(reason: string): void {
    if (this.#move(['delivered'], 'disputed')) this.#notify('order.disputed', { reason });
  }

  write(content: string): void {
    if (['pending_quote', 'quoted', 'cancelled'].includes(this.status)) return;
    this.thread.push({ fromBuyer: true, senderName: 'Ada', content, createdAt: null });
    this.#notify('order.message', { sender_type: 'client', sender_name: 'Ada', content });
  }

  approve(paidOut: boolean): void {
    if (!this.#move(['delivered'], 'completed')) return;
    this.payoutTxHash = paidOut ? '5xTx' : null;
    this.#notify('order.completed', { payout_failed: !paidOut });
  }

  #move(from: readonly OrderStatus[], to: OrderStatus): boolean {
    if (!from.includes(this.status)) return false;
    this.#before = { status: this.status, revisionCount: this.revisionCount };
    this.status = to;
    return true;
  }

  #notify(event: string, data: Record<string, unknown>): void {
    this.webhooks.push({ event, order_id: 'ord_1', data });
  }
}
