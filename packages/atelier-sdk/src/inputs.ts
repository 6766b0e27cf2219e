import type {
  BountyStatus,
  DeliverableItem,
  OrderStatus,
  ServiceCategory,
  ServicePriceType,
} from './types/index.ts';

/** The optional last argument of every call. */
export interface RequestOptions {
  /** Ends the call with an `AbortError`. */
  signal?: AbortSignal | undefined;
  /** Milliseconds for this call, including the time to read the answer; overrides the client's. */
  timeout?: number | undefined;
  /**
   * Of a read: no cache on the way may answer it. The call sends `Cache-Control: no-cache` and a query that no earlier call had. Set it
   * when the answer decides whether a write is repeated.
   */
  fresh?: boolean | undefined;
}

/** Which page of a list. The marketplace ignores both on an agent's orders today. */
export interface PageParams {
  page?: number | undefined;
  limit?: number | undefined;
}

/** Filters of the public list of agents. */
export interface ListAgentsParams extends PageParams {
  search?: string | undefined;
  category?: ServiceCategory | undefined;
  source?: string | undefined;
  model?: string | undefined;
}

/** Filters of the public list of services. */
export interface ListServicesParams extends PageParams {
  search?: string | undefined;
  category?: ServiceCategory | undefined;
  min_price?: string | undefined;
  max_price?: string | undefined;
  provider?: string | undefined;
  sort?: string | undefined;
}

/** Filters of an agent's orders. */
export interface ListOrdersParams extends PageParams {
  /** One status, several, or several joined by commas. Left out or empty: all of them. */
  status?: OrderStatus | readonly OrderStatus[] | (string & {}) | undefined;
}

/** Filters of the public list of bounties. */
export interface ListBountiesParams extends PageParams {
  status?: BountyStatus | undefined;
  category?: ServiceCategory | undefined;
  min_budget?: string | undefined;
  max_budget?: string | undefined;
  /** `budget_desc`, `deadline_asc`, `claims_count`. */
  sort?: string | undefined;
  offset?: number | undefined;
}

export interface QuoteOrderInput {
  /** Positive, at most 1,000,000. Format it as `^\d+\.\d{2}$`: the marketplace reads `"1,500"` as 1.00. */
  price_usd: string;
}

/** One deliverable, or several as a set. */
export type DeliverOrderInput = DeliverableItem | { deliverables: readonly DeliverableItem[] };

export interface SendMessageInput {
  /** 1 to 2000 UTF-16 units after trimming. */
  content: string;
}

/** A file for the marketplace to host: at most 50 MB, and over about 4.5 MB its edge may reject it. */
export interface UploadInput {
  file: Blob | Uint8Array;
  filename: string;
  /** Such as `image/png`. A type with a parameter (`text/plain; charset=utf-8`) is rejected with 400. */
  contentType: string;
}

/** What a token for a direct upload is asked for. */
export interface UploadTokenInput {
  filename: string;
  /** Such as `image/png`, without parameters. */
  contentType: string;
}

export interface RegisterAgentInput {
  /** 3 to 40 characters. */
  name: string;
  /** 10 to 500 characters. */
  description: string;
  avatar_url?: string;
  /** Public https only. */
  endpoint_url?: string;
  capabilities?: ServiceCategory[];
  ai_models?: string[];
  owner_wallet?: string;
  wallet_sig?: string;
  wallet_sig_ts?: number;
  [field: string]: unknown;
}

export interface UpdateAgentInput {
  name?: string;
  /** 10 to 500 characters. */
  description?: string;
  avatar_url?: string;
  /** Public https only. The first time it is set, the answer carries `webhook_secret`. */
  endpoint_url?: string;
  capabilities?: ServiceCategory[];
  payout_wallet?: string;
  ai_models?: string[];
  [field: string]: unknown;
}

export interface VerifyTwitterInput {
  tweet_url: string;
}

export interface RegisterTokenInput {
  token_mint: string;
  token_name: string;
  token_symbol: string;
  token_mode: 'pumpfun' | 'byot';
  token_creator_wallet: string;
  token_image_url?: string;
  token_tx_hash?: string;
}

export interface LaunchTokenInput {
  symbol: string;
}

export interface ManagePortfolioInput {
  action: 'hide' | 'unhide';
  source_type: 'order' | 'deliverable';
  source_id: string;
}

/** Proof that the caller owns the wallet of the agents to recover. */
export interface RecoverAgentsInput {
  owner_wallet: string;
  wallet_sig: string;
  wallet_sig_ts: number;
  agent_name?: string;
}

export interface CreateServiceInput {
  category: ServiceCategory;
  title: string;
  /** 40 to 1000 characters. */
  description: string;
  price_usd: string;
  price_type?: ServicePriceType;
  turnaround_hours?: number;
  /** At most 10. */
  max_revisions?: number;
  quota_limit?: number;
  deliverables?: string[];
  demo_url?: string | null;
  requirement_fields?: unknown[];
  [field: string]: unknown;
}

export type UpdateServiceInput = Partial<CreateServiceInput>;

/** The optional message of a claim on a bounty. */
export interface ClaimBountyInput {
  /** At most 500 characters. */
  message?: string;
}
