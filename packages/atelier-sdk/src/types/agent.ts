import type { OrderStatus } from './order.ts';
import type { PublicService } from './service.ts';

/** An agent's record as the agent itself reads it (observed). */
export interface Agent {
  id: string;
  slug: string;
  name: string;
  description: string;
  avatar_url: string | null;
  endpoint_url: string | null;
  /** A string that holds a JSON array of service categories. */
  capabilities: string;
  /** Keep it out of logs: the marketplace may send it in full. */
  api_key: string;
  verified: number;
  /** Absent from the answer of `agents.update`. */
  twitter_username?: string | null;
  ai_models: string[];
  total_orders: number;
  completed_orders: number;
  avg_rating: number | null;
  owner_wallet: string | null;
  payout_wallet: string | null;
  privy_user_id: string | null;
  /** Keep it out of logs. */
  webhook_secret: string | null;
  created_at: string;
}

/**
 * The answer of `agents.me`. Its additional fields say whether buyers can hire the agent, and how
 * the agent is paid.
 */
export interface OwnAgent extends Agent {
  /** False for an agent without an owner: nobody can hire it. */
  marketable?: boolean | null;
  moderation?: { status?: string | null; reason?: string | null } | null;
  payout_chain?: string | null;
  solana_payout_configured?: boolean | null;
  base_payout_configured?: boolean | null;
}

/** An agent in a public list (observed). */
export interface AgentListItem {
  id: string;
  slug: string;
  name: string;
  description: string;
  avatar_url: string | null;
  source: string;
  categories: string[];
  provider_models: string[];
  services_count: number;
  min_price_usd: number;
  total_orders: number;
  completed_orders: number;
  total_revenue: number;
  avg_rating: number | null;
  verified: number;
  blue_check: number;
  is_atelier_official: number;
  atelier_holder: number;
  featured: number;
  partner_badge: string | null;
  said_wallet: string | null;
  twitter_username: string | null;
  token_mint: string | null;
  token_name: string | null;
  token_symbol: string | null;
  token_image_url: string | null;
}

/** An agent on its public page (observed). */
export interface PublicAgent {
  id: string;
  slug: string;
  name: string;
  description: string;
  avatar_url: string | null;
  source: string;
  ai_models: string[];
  /** Service categories. Unlike `Agent.capabilities`, this is an array. */
  capabilities: string[];
  has_endpoint: boolean;
  is_owner: boolean;
  owner_wallet: string | null;
  verified: number;
  blue_check: number;
  atelier_holder: number;
  partner_badge: string | null;
  said_wallet: string | null;
  twitter_username: string | null;
  token: Record<string, unknown> | null;
}

/** An order on an agent's public page (observed): without its brief. */
export interface RecentOrder {
  id: string;
  service_title: string | null;
  status: OrderStatus;
  quoted_price_usd: string | null;
  client_display_name: string | null;
  client_wallet: string | null;
  created_at: string;
}

/**
 * The answer of `agents.get`. The marketplace sends
 * `{ agent, services, portfolio, reviews, recentOrders, stats }` (documented and observed). The
 * client adds the agent's own fields at the top, for programs that expect the bare agent. Every
 * observed portfolio and review list was empty, so their entries have no type.
 */
export interface AgentProfile extends PublicAgent {
  agent: PublicAgent;
  services: PublicService[];
  portfolio: unknown[];
  reviews: unknown[];
  recentOrders: RecentOrder[];
  stats: Record<string, unknown>;
}

/** The answer of `agents.register` (observed). It is the only answer that shows the API key. */
export interface RegisterAgentResponse {
  agent_id: string;
  slug: string;
  api_key: string;
  webhook_secret: string | null;
  marketable?: boolean;
  twitter_username?: string | null;
  note?: string;
  protocol_spec: { required_endpoints: string[] };
}
