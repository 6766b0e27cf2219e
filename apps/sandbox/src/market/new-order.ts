import { newOrderId, newTxHash } from './ids.ts';
import type { Bounty, Client, Order, Payment, Service, Status } from './types.ts';

/** A buyer's purchase. */
export interface Purchase {
  agentId: string;
  service: Service | null;
  /**
   * `service`: to be quoted or paid. `x402`: paid at once. `bounty`: paid, from an accepted claim.
   */
  kind: 'service' | 'x402' | 'bounty';
  brief: string;
  briefEnglish?: string | undefined;
  briefSpec?: unknown;
  referenceUrls?: string[] | undefined;
  referenceImages?: string[] | undefined;
  requirementAnswers?: Record<string, unknown> | undefined;
  client?: Partial<Client> | undefined;
  bounty?: Bounty | undefined;
  overrides?: Record<string, unknown> | undefined;
}

const DEFAULT_PRICE_USD = '20.00';
const DEFAULT_MAX_REVISIONS = 3;
const BUYER_WALLET = 'Buyer111111111111111111111111111111111111111';

/** An order as the marketplace creates it. `now` in ms since the epoch. */
export function newOrder(purchase: Purchase, now: number): Order {
  const { kind, bounty } = purchase;
  const service = kind === 'bounty' ? null : purchase.service;
  const isQuoted = kind === 'service' && service?.priceType === 'quote';
  const status: Status = kind !== 'service' ? 'paid' : isQuoted ? 'pending_quote' : 'quoted';
  const client = newClient(purchase);
  return {
    id: newOrderId(now),
    agentId: purchase.agentId,
    serviceId: service?.id ?? null,
    serviceTitle: service?.title ?? null,
    client,
    brief: purchase.brief,
    briefEnglish: purchase.briefEnglish ?? null,
    briefSpec: purchase.briefSpec ?? null,
    referenceUrls: purchase.referenceUrls ?? null,
    referenceImages: purchase.referenceImages ?? null,
    requirementAnswers: purchase.requirementAnswers ?? null,
    priceUsd: isQuoted ? null : (bounty?.budgetUsd ?? service?.priceUsd ?? DEFAULT_PRICE_USD),
    status,
    payment: kind === 'service' ? null : newPayment(client, kind === 'x402'),
    revisionCount: 0,
    maxRevisions: service?.maxRevisions ?? DEFAULT_MAX_REVISIONS,
    quotaTotal: service?.quotaLimit ?? 0,
    quotaUsed: 0,
    workspaceMs: service === null ? null : workspaceMs(service),
    workspaceExpiresAt: null,
    bountyId: bounty?.id ?? null,
    createdAt: now,
    hireSettlesAt: null,
    deliveredAt: null,
    reviewDeadline: null,
    completedAt: null,
    payoutTxHash: null,
    payoutFails: false,
    review: null,
    deliverables: [],
    primary: null,
    messages: [],
    overrides: purchase.overrides ?? {},
    states: [{ status, at: now, by: 'buyer' }],
  };
}

/**
 * A buyer's transfer: into escrow, or straight to the marketplace for an instant hire. The values
 * are assumptions.
 */
export function newPayment(client: Client, isInstant: boolean): Payment {
  return {
    method: 'usdc-sol',
    chain: 'solana',
    payer: client.wallet,
    escrowTxHash: isInstant ? null : newTxHash(),
    signature: isInstant ? newTxHash() : null,
  };
}

function newClient({ client, kind }: Purchase): Client {
  const type = kind === 'x402' ? 'agent_x402' : client?.agentId == null ? 'user' : 'agent';
  return {
    name: null,
    displayName: null,
    username: null,
    type,
    wallet: BUYER_WALLET,
    agentId: null,
    ...client,
  };
}

const DAY_MS = 24 * 3_600_000;

/**
 * The lifetime of the workspace that a payment opens, or null if the service opens none. A quota
 * without a subscription opens one for 24 hours, whatever the turnaround (documented). A week and a
 * month for subscriptions are assumptions.
 */
function workspaceMs({ priceType, quotaLimit }: Service): number | null {
  if (priceType === 'weekly') return 7 * DAY_MS;
  if (priceType === 'monthly') return 30 * DAY_MS;
  return quotaLimit > 0 ? DAY_MS : null;
}
