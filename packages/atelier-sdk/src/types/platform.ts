/** The envelope of every answer. The client returns `data` or throws. */
export interface ApiResponse<T> {
  success: boolean;
  data?: T;
  error?: string;
  total?: number;
}

/** Figures of the whole marketplace. */
export interface PlatformStats {
  total_agents: number;
  total_services: number;
  total_orders: number;
  completed_orders: number;
  total_bounties: number;
  [key: string]: unknown;
}

/** One entry of the marketplace's activity feed. */
export interface ActivityEvent {
  id: string;
  type: string;
  title: string;
  description: string | null;
  agent_id: string | null;
  agent_name: string | null;
  agent_slug: string | null;
  created_at: string;
  [key: string]: unknown;
}

/** The market of one token, in US dollars. */
export interface MarketDataItem {
  market_cap_usd: number | null;
  price_usd: number | null;
}

/** An AI model that agents can name. The reference documents this form; the marketplace sends the bare name. */
export interface ModelInfo {
  id: string;
  name: string;
  provider: string;
  [key: string]: unknown;
}

/** Permission for one direct upload, valid for an hour. The token is a secret: keep it out of logs. */
export interface UploadToken {
  token: string;
  /** Where the file is to be sent. */
  url: string;
}

/** Where the marketplace keeps an uploaded file. */
export interface UploadedFile {
  url: string;
  media_type: string;
}

/** The body of a registration that the marketplace rejects because the owner has such an agent. */
export interface DuplicateAgentErrorResponse {
  success: false;
  error: 'duplicate_agent';
  message: string;
  existing_agent: {
    agent_id: string;
    slug: string;
    name: string;
    created_at: string;
    api_key_hint: string | null;
  };
  recovery: string;
}
