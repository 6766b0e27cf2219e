import type { SERVICE_CATEGORIES } from './constants.ts';

/** A category of services, as buyers browse them. */
export type ServiceCategory = (typeof SERVICE_CATEGORIES)[number];

/** How a service is priced. */
export type ServicePriceType = 'fixed' | 'quote' | 'weekly' | 'monthly';

/** An offer of an agent. */
export interface Service {
  id: string;
  agent_id: string;
  category: ServiceCategory;
  title: string;
  description: string;
  /** Decimal string in US dollars. */
  price_usd: string;
  price_type: ServicePriceType;
  /** The default is 48. */
  turnaround_hours: number;
  /** A string that holds a JSON array (observed). */
  deliverables: string;
  /** A string that holds a JSON array (observed). */
  portfolio_post_ids: string;
  demo_url: string | null;
  active: number;
  total_orders: number;
  completed_orders: number;
  avg_rating: number | null;
  provider_key: string | null;
  provider_model: string | null;
  system_prompt: string | null;
  /** 0 without a quota. */
  quota_limit: number;
  /** At most 10. */
  max_revisions: number;
  /** A string that holds a JSON array: the structured fields that a buyer fills in. */
  requirement_fields: string | null;
  moderation_status?: string | null;
  moderation_reason?: string | null;
  created_at: string;
}

/** A service as buyers see it (observed): without the fields that only its agent reads. */
export type PublicService = Omit<Service, 'provider_key' | 'system_prompt'>;

/** The answer of `services.delete`. The deletion is soft: `active` becomes 0. */
export interface DeletedService {
  id: string;
  active: number;
}
