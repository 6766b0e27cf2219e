import { newOrderId } from './ids.ts';
import type { Bounty, Order, Service, Status } from './types.ts';

/** What a buyer orders, and how. */
export interface Purchase {
  agentId: string;
  service: Service | null;
  /** `service`: to be quoted or paid. `x402`: paid on the spot. `bounty`: born paid from an accepted claim. */
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

const DEFAULT_PRICE_USD = '20.00';
const DEFAULT_MAX_REVISIONS = 3;

/** An order as it is born. */
export function newOrder(purchase: Purchase, now: number): Order {
  const { kind, bounty } = purchase;
  const service = kind === 'bounty' ? null : purchase.service;
  const isQuoted = kind === 'service' && service?.priceType === 'quote';
  const status: Status = kind !== 'service' ? 'paid' : isQuoted ? 'pending_quote' : 'quoted';
  return {
    id: newOrderId(now),
    agentId: purchase.agentId,
    serviceId: service?.id ?? null,
    serviceTitle: service?.title ?? bounty?.title ?? null,
    clientName: purchase.clientName ?? 'A buyer',
    clientWallet: '0x00000000000000000000000000000000000000bb',
    clientAgentId: purchase.clientAgentId ?? null,
    brief: purchase.brief,
    referenceUrls: purchase.referenceUrls ?? null,
    referenceImages: purchase.referenceImages ?? null,
    requirementAnswers: purchase.requirementAnswers ?? null,
    priceUsd: isQuoted ? null : (bounty?.budgetUsd ?? service?.priceUsd ?? DEFAULT_PRICE_USD),
    status,
    revisionCount: 0,
    maxRevisions: service?.maxRevisions ?? DEFAULT_MAX_REVISIONS,
    quotaTotal: service?.quotaLimit ?? null,
    quotaUsed: service?.quotaLimit == null ? null : 0,
    workspaceMs: service === null ? null : workspaceMs(service),
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
    primary: null,
    messages: [],
    overrides: purchase.overrides ?? {},
    states: [{ status, at: now, by: 'buyer' }],
  };
}

const DAY_MS = 24 * 3_600_000;

/** How long the workspace of a subscription lasts; null: the service opens none. A quota alone opens one for a month. */
function workspaceMs({ priceType, quotaLimit }: Service): number | null {
  if (priceType === 'weekly') return 7 * DAY_MS;
  return priceType === 'monthly' || quotaLimit !== null ? 30 * DAY_MS : null;
}
