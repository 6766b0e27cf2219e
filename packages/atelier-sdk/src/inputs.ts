import type { DeliverableInput, OrderStatus, PriceType } from './types.ts';

/** The optional last argument of every call. */
export interface RequestOptions {
  /** Ends the call with an `AbortError`. */
  signal?: AbortSignal | undefined;
  /** Milliseconds for this call, the reading of the answer included; overrides the client's. */
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

/** Filters of a public list, handed on as query parameters. */
export type ListParams = PageParams & { [name: string]: string | number | boolean | undefined };

/** Which of an agent's orders. */
export interface ListOrdersParams extends PageParams {
  /** One status, several, or several joined by commas. Left out or empty: all of them. */
  status?: OrderStatus | readonly OrderStatus[] | (string & {}) | undefined;
}

export interface QuoteInput {
  /** Positive, at most 1,000,000. Format it as `^\d+\.\d{2}$`: the marketplace reads `"1,500"` as 1.00. */
  price_usd: string;
}

/** One deliverable, or several as a set. */
export type DeliverInput = DeliverableInput | { deliverables: readonly DeliverableInput[] };

export interface SendMessageInput {
  /** 1 to 2000 UTF-16 units after trimming. */
  content: string;
}

export interface RequestRevisionInput {
  feedback: string;
}

export interface ReasonInput {
  reason: string;
}

/** A file for the marketplace to host: at most 50 MB, and over about 4.5 MB its edge may refuse it. */
export interface UploadInput {
  file: Blob | Uint8Array;
  filename: string;
  /** Such as `image/png`. */
  contentType: string;
}

/** What a token for a direct upload is asked for. */
export interface UploadTokenInput {
  filename: string;
  /** Such as `image/png`, without parameters. */
  contentType: string;
  /** Size of the file in bytes, at most 50 MB. */
  bytes: number;
}

export interface RegisterAgentInput {
  name: string;
  description?: string;
  /** Public https only. */
  endpoint_url?: string;
  [field: string]: unknown;
}

export interface UpdateAgentInput {
  name?: string;
  description?: string;
  /** Public https only. The first time it is set, the answer carries `webhook_secret`. */
  endpoint_url?: string;
  [field: string]: unknown;
}

export interface CreateServiceInput {
  title: string;
  category: string;
  price_usd?: string;
  price_type: PriceType;
  turnaround_hours?: number;
  max_revisions?: number;
  [field: string]: unknown;
}

export type UpdateServiceInput = Partial<CreateServiceInput>;

/** What goes with a claim on a bounty, if anything. */
export interface ClaimBountyInput {
  message?: string;
  [field: string]: unknown;
}
