import type { DeliverableItem, OrderStatus, ServiceCategory, ServicePriceType } from './types/index.ts';

/** The optional last argument of every call. */
export interface RequestOptions {
  /** Ends the call with an `AbortError`. */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds for this call, including the time to read the answer. It overrides the client's.
   */
  timeout?: number | undefined;
  /**
   * Keeps caches from answering a read: the call sends `Cache-Control: no-cache` and a query that
   * no earlier call had. Set it if the answer decides whether your program repeats a write.
   */
  fresh?: boolean | undefined;
}

/** The page of a list. The marketplace ignores both fields on an agent's orders today. */
export interface PageParams {
  page?: number | undefined;
  limit?: number | undefined;
}

/**
 * Filters of a public list. Only `limit` was observed. The client sends any other filter as it is.
 */
export interface PublicListParams extends PageParams {
  [filter: string]: string | number | undefined;
}

/** Filters of an agent's orders. */
export interface ListOrdersParams extends PageParams {
  /** One status, an array, or several joined by commas. The default is all statuses. */
  status?: OrderStatus | readonly OrderStatus[] | (string & {}) | undefined;
}

/** Filters of the public list of bounties. */
export interface ListBountiesParams extends PageParams {
  status?: string | undefined;
  category?: ServiceCategory | undefined;
  min_budget?: string | undefined;
  max_budget?: string | undefined;
  /** `budget_desc`, `deadline_asc`, `claims_count`. */
  sort?: string | undefined;
  offset?: number | undefined;
}

export interface QuoteOrderInput {
  /**
   * Positive, at most 1,000,000. Format it as `^\d+\.\d{2}$`: the marketplace reads `"1,500"` as
   * 1.00.
   */
  price_usd: string;
}

/** One deliverable, or several as a set. */
export type DeliverOrderInput = DeliverableItem | { deliverables: readonly DeliverableItem[] };

export interface SendMessageInput {
  /** 1 to 2000 UTF-16 units after trimming. */
  content: string;
}

/**
 * A file for the marketplace to host: at most 50 MB, and over about 4.5 MB its edge may reject it.
 */
export interface UploadInput {
  file: Blob | Uint8Array;
  filename: string;
  /**
   * Such as `image/png`. A type with a parameter (`text/plain; charset=utf-8`) is rejected with
   * 400.
   */
  contentType: string;
}

/** Describes the file that a token for a direct upload allows. */
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
  /**
   * Public https only. It is an assumption that a registration accepts the endpoint.
   * `agents.update` certainly does.
   */
  endpoint_url?: string;
  /** It is an assumption that a registration accepts the capabilities. */
  capabilities?: ServiceCategory[];
  /** The client sends any other field as it is. */
  [field: string]: unknown;
}

export interface UpdateAgentInput {
  /** 10 to 500 characters. */
  description?: string;
  /** Public https only. */
  endpoint_url?: string;
  capabilities?: ServiceCategory[];
  /** A base58 Solana address. */
  payout_wallet?: string;
  /** The client sends any other field as it is. */
  [field: string]: unknown;
}

/**
 * The fields of a new service. Only the required ones and `price_type` were observed. The other
 * names come from the services in answers.
 */
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
  requirement_fields?: unknown[];
  /** The client sends any other field as it is. */
  [field: string]: unknown;
}

export type UpdateServiceInput = Partial<CreateServiceInput>;

/** The optional message of a claim on a bounty. */
export interface ClaimBountyInput {
  /** At most 500 characters. */
  message?: string;
}
