import { newOrder, type Purchase } from '../market/new-order.ts';
import { force } from '../market/rules/order-rules.ts';
import { type Order, Refusal, type Service, type Status } from '../market/types.ts';

export const NOW = Date.UTC(2026, 0, 5, 12);
export const MINUTE_MS = 60_000;
export const DELIVERED_LINK = {
  url: 'https://files.example/1',
  mediaType: 'link',
  previewUrl: null,
} as const;

/** A service with this kind of price. */
export function service(priceType: Service['priceType'], quotaLimit = 0): Service {
  return {
    id: 'svc_1',
    agentId: 'agt_1',
    title: 'T',
    slug: 't',
    description: 'D',
    category: 'custom',
    priceUsd: priceType === 'quote' ? null : '20.00',
    priceType,
    turnaroundHours: 48,
    maxRevisions: 1,
    quotaLimit,
    requirementFields: null,
    providerModel: null,
    moderationStatus: null,
    moderationReason: null,
    isActive: true,
    isDeleted: false,
    createdAt: NOW,
  };
}

/** A new order for such a service. */
export function order(priceType: Service['priceType'] = 'fixed', more: Partial<Purchase> = {}): Order {
  return newOrder(
    { agentId: 'agt_1', service: service(priceType), kind: 'service', brief: 'B', ...more },
    NOW,
  );
}

/** An order in a given status. */
export function inStatus(status: Status): Order {
  const made = order();
  force(made, status, NOW);
  return made;
}

/**
 * The status and text with which the marketplace rejects an action, or null if it allows the
 * action.
 */
export function refusalOf(act: () => unknown): string | null {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return `${error.status} ${error.message}`;
    throw error;
  }
  return null;
}
