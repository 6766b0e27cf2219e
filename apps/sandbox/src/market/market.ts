import { randomBytes } from 'node:crypto';
import * as rules from './order-rules.ts';
import {
  type Agent,
  type Bounty,
  type DeliverableRow,
  type MarketEvent,
  type Order,
  Refusal,
  type Service,
  type Status,
} from './types.ts';

const WEEK_MS = 7 * 24 * 3_600_000;
const PLATFORM_SHARE = 0.1;

/** What a buyer orders. */
export interface NewOrder {
  agentId: string;
  service: Service | null;
  kind: 'service' | 'x402' | 'bounty';
  brief: string;
  referenceUrls?: string[] | undefined;
  referenceImages?: string[] | undefined;
  requirementAnswers?: Record<string, unknown> | undefined;
  clientName?: string | undefined;
  clientAgentId?: string | undefined;
  bounty?: Bounty | undefined;
  overrides?: Record<string, unknown> | undefined;
}

/** The marketplace: its agents, services, orders, bounties and files, and what buyers and sellers do with them. */
export class Market {
  readonly agents = new Map<string, Agent>();
  readonly services = new Map<string, Service>();
  readonly orders = new Map<string, Order>();
  readonly bounties = new Map<string, Bounty>();
  readonly files = new Map<string, { bytes: Buffer; contentType: string }>();
  readonly #tell: (event: MarketEvent) => void;
  /** Added to the real time, in ms: control calls can let time pass. */
  #ahead = 0;

  constructor(tell: (event: MarketEvent) => void) {
    this.#tell = tell;
  }

  now(): number {
    return Date.now() + this.#ahead;
  }

  advance(ms: number): void {
    this.#ahead += ms;
    for (const order of this.orders.values()) this.#passTime(order);
  }

  reset(): void {
    for (const all of [this.agents, this.services, this.orders, this.bounties, this.files]) all.clear();
    this.#ahead = 0;
  }

  agentByKey(key: string): Agent | undefined {
    return [...this.agents.values()].find((agent) => agent.apiKey === key);
  }

  /** An order as it is now. @throws Refusal 404 */
  order(id: string): Order {
    const order = this.orders.get(id);
    if (order === undefined) throw new Refusal(404, 'Order not found');
    this.#passTime(order);
    return order;
  }

  agent(id: string): Agent {
    const agent = this.agents.get(id);
    if (agent === undefined) throw new Refusal(404, 'Agent not found');
    return agent;
  }

  service(id: string): Service {
    const service = this.services.get(id);
    if (service === undefined) throw new Refusal(404, 'Service not found');
    return service;
  }

  addAgent(input: Partial<Agent> & { name: string }): Agent {
    const agent: Agent = {
      id: newId('agt'),
      description: null,
      apiKey: `atelier_${randomBytes(16).toString('hex')}`,
      webhookSecret: `whsec_${randomBytes(20).toString('hex')}`,
      endpointUrl: null,
      payoutWallet: '0x00000000000000000000000000000000000000aa',
      lastPolledAt: null,
      createdAt: this.now(),
      ...defined(input),
    };
    if (this.agentByKey(agent.apiKey)) throw new Refusal(409, 'An agent with this key exists');
    this.agents.set(agent.id, agent);
    return agent;
  }

  addService(input: Partial<Service> & Pick<Service, 'agentId' | 'title'>): Service {
    const service: Service = {
      id: newId('svc'),
      description: null,
      category: 'text',
      priceUsd: '20.00',
      priceType: 'fixed',
      turnaroundHours: 48,
      maxRevisions: 3,
      quotaLimit: null,
      requirementFields: null,
      ...defined(input),
    };
    this.services.set(service.id, service);
    return service;
  }

  place(input: NewOrder): Order {
    const { service, kind, bounty } = input;
    const now = this.now();
    const isQuoted = kind === 'service' && service?.priceType === 'quote';
    const status = kind === 'service' ? (isQuoted ? 'pending_quote' : 'quoted') : 'paid';
    const order: Order = {
      id: `ord_${now}_${randomBytes(5).toString('hex')}`,
      agentId: input.agentId,
      serviceId: service?.id ?? null,
      serviceTitle: service?.title ?? bounty?.title ?? null,
      serviceCategory: service?.category ?? null,
      clientName: input.clientName ?? 'A buyer',
      clientWallet: '0x00000000000000000000000000000000000000bb',
      clientAgentId: input.clientAgentId ?? null,
      brief: input.brief,
      referenceUrls: input.referenceUrls ?? null,
      referenceImages: input.referenceImages ?? null,
      requirementAnswers: input.requirementAnswers ?? null,
      priceUsd: isQuoted ? null : (bounty?.budgetUsd ?? service?.priceUsd ?? '20.00'),
      status,
      revisionCount: 0,
      maxRevisions: service?.maxRevisions ?? 3,
      quotaTotal: service?.quotaLimit ?? null,
      quotaUsed: service?.quotaLimit == null ? null : 0,
      workspaceExpiresAt: null,
      bountyId: bounty?.id ?? null,
      createdAt: now,
      inProgressAt: null,
      deliveredAt: null,
      reviewDeadline: null,
      completedAt: null,
      payoutTxHash: null,
      payoutFails: false,
      deliverables: [],
      messages: [],
      overrides: input.overrides ?? {},
      states: [{ status, at: now, by: 'buyer' }],
    };
    this.orders.set(order.id, order);
    if (bounty === undefined) this.#tellOf(order, 'order.created', createdData(order, kind));
    else this.#tellOf(order, 'bounty.accepted', bountyData(bounty));
    return order;
  }

  pay(id: string): Order {
    const order = this.order(id);
    const service = order.serviceId === null ? undefined : this.services.get(order.serviceId);
    const isWorkspace =
      service !== undefined &&
      (['weekly', 'monthly'].includes(service.priceType) || service.quotaLimit !== null);
    rules.pay(order, this.now(), isWorkspace ? (service.priceType === 'monthly' ? 4 : 1) * WEEK_MS : null);
    this.#tellOf(order, 'order.paid', { status: order.status, service_title: order.serviceTitle });
    return order;
  }

  quote(order: Order, price: unknown): void {
    rules.quote(order, price, this.now());
  }

  deliver(order: Order, body: unknown): void {
    const now = this.now();
    const rows = rules
      .readDeliverables(body)
      .map((row): DeliverableRow => ({ id: newId('del'), ...row, status: 'completed', createdAt: now }));
    rules.deliver(order, rows, now);
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
    this.#tellOf(order, 'order.revision_requested', {
      feedback: text,
      revision_count: order.revisionCount,
      max_revisions: order.maxRevisions,
      is_extra: order.revisionCount > order.maxRevisions,
    });
    return order;
  }

  dispute(id: string, reason: unknown): Order {
    const order = this.order(id);
    const text = rules.dispute(order, reason, this.now());
    this.#tellOf(order, 'order.disputed', { reason: text });
    return order;
  }

  cancel(id: string): Order {
    const order = this.order(id);
    const before = rules.cancel(order, this.now());
    this.#tellOf(order, 'order.cancelled', { previous_status: before });
    return order;
  }

  /** Writes into the order's thread; the seller hears of a buyer's message. */
  write(order: Order, content: unknown, sender: Agent | null): Order['messages'][number] {
    const message = {
      id: newId('msg'),
      senderType: sender === null ? ('client' as const) : ('agent' as const),
      senderId: sender?.id ?? null,
      senderName: sender?.name ?? order.clientName,
      content: rules.readMessage(order, content),
      createdAt: this.now(),
      readAt: null,
    };
    order.messages.push(message);
    if (sender === null) {
      const { senderType, senderName } = message;
      this.#tellOf(order, 'order.message', {
        sender_type: senderType,
        sender_name: senderName,
        content: message.content,
      });
    }
    return message;
  }

  /** The review window ends now: approval by silence. */
  expireReview(id: string): Order {
    const order = this.order(id);
    if (order.reviewDeadline !== null) order.reviewDeadline = this.now();
    this.#passTime(order);
    return order;
  }

  /** Whatever the rules say; nobody is told. */
  force(id: string, status: Status): Order {
    const order = this.order(id);
    rules.force(order, status, this.now());
    return order;
  }

  rejectClaim(agentId: string, bountyId: string): void {
    this.#tell({ event: 'bounty.claim_rejected', agentId, orderId: null, data: { bounty_id: bountyId } });
  }

  #passTime(order: Order): void {
    if (rules.pass(order, this.now()).approved) this.#payOut(order);
  }

  #payOut(order: Order): void {
    const amount = (Number(order.priceUsd ?? '0') * (1 - PLATFORM_SHARE)).toFixed(2);
    this.#tellOf(order, 'order.completed', { payout_failed: order.payoutFails });
    if (order.payoutFails) {
      const data = {
        reason: 'wallet rejected the transfer',
        chain: 'base',
        amount_usd: amount,
        hint: 'check the wallet',
      };
      this.#tellOf(order, 'order.payout_failed', data);
      return;
    }
    order.payoutTxHash = `0x${randomBytes(32).toString('hex')}`;
    this.#tellOf(order, 'order.payout_sent', {
      amount_usd: amount,
      chain: 'base',
      tx_hash: order.payoutTxHash,
      destination: this.agents.get(order.agentId)?.payoutWallet ?? null,
    });
  }

  #tellOf(order: Order, event: string, data: Record<string, unknown>): void {
    this.#tell({ event, agentId: order.agentId, orderId: order.id, data });
  }
}

export function newId(kind: string): string {
  return `${kind}_${randomBytes(8).toString('hex')}`;
}

/** The platform's share of a price, as a decimal string. */
export function platformFee(priceUsd: string | null): string | null {
  return priceUsd === null ? null : (Number(priceUsd) * PLATFORM_SHARE).toFixed(2);
}

function createdData(order: Order, kind: NewOrder['kind']): Record<string, unknown> {
  return {
    service_id: order.serviceId,
    brief: order.brief,
    ...(order.referenceImages === null ? {} : { reference_images: order.referenceImages }),
    ...(order.requirementAnswers === null ? {} : { requirement_answers: order.requirementAnswers }),
    status: order.status,
    service_title: order.serviceTitle,
    ...(kind === 'x402' ? { payment_method: 'x402' } : {}),
  };
}

function bountyData(bounty: Bounty): Record<string, unknown> {
  const { id, brief, budgetUsd, deadlineHours } = bounty;
  return { bounty_id: id, brief, budget_usd: budgetUsd, deadline_hours: deadlineHours };
}

function defined<T extends object>(input: T): T {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as T;
}
