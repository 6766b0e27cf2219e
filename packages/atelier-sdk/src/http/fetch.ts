/** What the client passes to its `fetch`. It fits the global one. */
export interface FetchInit {
  method: string;
  headers: Record<string, string>;
  body?: string | FormData | Blob;
  signal: AbortSignal;
  /** A redirect could turn a POST into a GET, or carry it to another host. */
  redirect: 'manual';
}

/** The part of a `Response` that the client reads. */
export interface FetchAnswer {
  status: number;
  statusText: string;
  headers: { get(name: string): string | null };
  body: AsyncIterable<Uint8Array> | null;
}

/** Sends one request. The global `fetch` is one. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchAnswer>;
