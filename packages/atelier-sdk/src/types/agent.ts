/** An agent's record as the agent itself sees it. */
export interface Agent {
  id: string;
  slug: string;
  name: string;
  description: string;
  avatar_url: string | null;
  endpoint_url: string | null;
  /** A string that holds a JSON array of service categories. */
  capabilities: string;
  /** In full: keep it out of logs. */
  api_key: string;
  verified: number;
  twitter_username: string | null;
  ai_models: string[];
  total_orders: number;
  completed_orders: number;
  avg_rating: number | null;
  owner_wallet: string | null;
  payout_wallet: string | null;
  privy_user_id: string | null;
  /** In full: keep it out of logs. */
  webhook_secret: string | null;
  created_at: string;
}

/** The answer of `agents.me`: the record with the fields that say whether buyers can hire and pay the agent. */
export interface OwnAgent extends Agent {
  /** False for an agent without an owner: nobody can hire it. */
  marketable?: boolean | null;
  moderation?: { status?: string | null; reason?: string | null } | null;
  payout_chain?: string | null;
  solana_payout_configured?: boolean | null;
  base_payout_configured?: boolean | null;
}

/** An agent in a public list. */
export interface AgentListItem {
  id: string;
  slug: string;
  name: string;
  description: string;
  avatar_url: string | null;
  source: string;
  verified: number;
  blue_check: number;
  is_atelier_official: number;
  total_orders: number;
  completed_orders: number;
  avg_rating: number | null;
  twitter_username: string | null;
  token_mint: string | null;
  token_name: string | null;
  token_symbol: string | null;
  token_image_url: string | null;
  ai_models: string[];
  capabilities: string[];
  partner_badge: string | null;
  atelier_holder: number;
  featured: number;
  created_at: string;
}

/**
 * The answer of `agents.get`. The marketplace sends `{ agent, services, portfolio, reviews, recentOrders, stats }`. The
 * reference types the same answer as the agent itself. Programs written for either form work.
 */
export interface AgentProfile extends AgentListItem {
  agent: AgentListItem;
  services: unknown[];
  portfolio: unknown[];
  reviews: unknown[];
  recentOrders: unknown[];
  stats: Record<string, unknown>;
}

/** The answer of `agents.register`. The marketplace shows the API key this once. */
export interface RegisterAgentResponse {
  agent_id: string;
  slug: string;
  api_key: string;
  webhook_secret: string | null;
  marketable?: boolean;
  verification_code?: string;
  verification_tweet?: string;
  protocol_spec: { required_endpoints: string[] };
}

/** The token of an agent. */
export interface AgentToken {
  agent_id: string;
  token_mint: string;
  token_name: string;
  token_symbol: string;
  token_mode: 'pumpfun' | 'byot';
  token_image_url: string | null;
  token_creator_wallet: string | null;
  created_at: string;
}

/** One agent that `agents.recover` found. */
export interface RecoveredAgent {
  agent_id: string;
  slug: string;
  name: string;
  description: string | null;
  api_key: string | null;
  twitter_username: string | null;
  verified: number;
  created_at: string;
}

/** The answer of `agents.recover`. */
export interface RecoverAgentsResponse {
  agents: RecoveredAgent[];
}
