import type {
  Artifact,
  MediaType,
  PriceType,
  ServiceCategory,
  ThreadMessage,
  Usage,
} from '@fulfillment/shared';

/** A log of the handler's own; its lines carry the order's id. */
export interface HandlerLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** An order as a handler sees it. Everything a buyer wrote is untrusted text. */
export interface HandlerOrder {
  id: string;
  agentId: string;
  /** What the configuration calls the agent; `default` for the one of ATELIER_API_KEY. */
  agent: string;
  serviceId: string | null;
  serviceTitle: string | null;
  /** The service's category; null for an order of a bounty. The marketplace may add categories to those that `match` takes. */
  serviceCategory: string | null;
  /** How the service is priced; null for an order of a bounty. */
  priceType: PriceType | null;
  /** The service's turnaround in hours; null when the service names none, and for an order of a bounty. */
  turnaroundHours: number | null;
  /** How many deliveries the service's price includes; null without a quota. */
  quota: number | null;
  /** How many of them were used; null when the marketplace does not say. */
  quotaUsed: number | null;
  /** When the order's workspace ends, in ms since the epoch; null without one. */
  workspaceExpiresAt: number | null;
  /** The bounty that the order came from, which has no service; null for other orders. */
  bountyId: string | null;
  /** What the buyer wants. */
  brief: string;
  /** The marketplace's translation of the brief; null when it made none. As untrusted as the brief. */
  briefEnglish: string | null;
  /** The marketplace's structured reading of the brief, any JSON; null when it made none. As untrusted as the brief. */
  briefSpec: unknown;
  referenceUrls: readonly string[];
  referenceImages: readonly string[];
  /** Answers to the service's requirement fields. */
  requirementAnswers: Readonly<Record<string, unknown>>;
  clientName: string | null;
  /** What kind of buyer it is, in the marketplace's words. */
  clientType: string | null;
  /** What the buyer said of the order. Buyers review completed orders, so it is null in nearly every call. */
  review: { rating: number | null; comment: string | null } | null;
  /** Decimal string, `"45.00"`; null before it was quoted. */
  quotedPriceUsd: string | null;
  maxRevisions: number;
}

/** Something that an earlier round delivered. */
export interface EarlierDeliverable {
  url: string;
  mediaType: MediaType;
  /** How large it is, in bytes; absent when the handler gave a URL only. */
  bytes?: number;
  /** Its bytes, when we kept them; null: the handler gave a URL only. */
  read(): Promise<Blob | null>;
}

/** What an earlier round of this order delivered. */
export interface EarlierRound {
  /** 0 for the first delivery, n for the n-th revision. */
  round: number;
  deliverables: readonly EarlierDeliverable[];
}

/** Bytes to deliver, at once or as a stream. */
export type Body = Uint8Array | string | AsyncIterable<Uint8Array>;

/**
 * What a handler made: bytes with a content type, a file on this machine, or a URL that the buyer can open.
 * `mediaType` is worked out from the content type when it is not given.
 */
export type Output = (
  | { body: Body; contentType: string; fileName?: string; mediaType?: MediaType }
  | { file: string; contentType?: string; fileName?: string; mediaType?: MediaType }
  | { url: string; mediaType: MediaType }
  | SavedArtifact
) & {
  /**
   * Why an operator must review the round before it is delivered, whatever the handler's `review` says; absent: nothing was found. See
   * `guardText`.
   */
  review?: string | undefined;
};

/** Bytes that were stored with `ctx.artifacts.save`. */
export interface SavedArtifact {
  artifact: Artifact;
  mediaType: MediaType;
  /** Where the buyer can open it. Null: it has no address yet. */
  url: string | null;
}

/** What every function of a handler gets. */
export interface HandlerContext {
  order: HandlerOrder;
  log: HandlerLog;
  /** Aborted when the time limit is over, the order was cancelled, or the process stops. Pass it on. */
  signal: AbortSignal;
  /**
   * Tells what was used of a service that costs, so that it is shown with the order and counted against the handler's limits. What is
   * told stays, also when the try fails afterwards: call it as soon as something was used.
   */
  usage(report: Pick<Usage, 'what'> & Partial<Usage>): Promise<void>;
}

/** Something that a draft made. */
export interface DraftDeliverable extends Omit<EarlierDeliverable, 'url'> {
  /** Null: it has no public address yet. */
  url: string | null;
}

export interface GenerateContext extends HandlerContext {
  /** 0 for the first delivery, n for the n-th revision. */
  round: number;
  /** How often an operator asked for this round again, by a retry or with a note; 0 at first. */
  attempt: number;
  /** What the buyer wants changed in this revision, or why they dispute; null in the first round or when unknown. */
  feedback: string | null;
  /** What an operator wants different, when they had the round made again; null otherwise. */
  note: string | null;
  /** What the last draft made, which an operator had made again: what `note` is about. Null in the first draft. */
  draft: { deliverables: readonly DraftDeliverable[] } | null;
  /** Whether this round answers a dispute. */
  isDispute: boolean;
  /** What earlier rounds delivered, oldest first. */
  earlier: readonly EarlierRound[];
  /** Reads the order's message thread, oldest first; the marketplace shows 50 messages. */
  thread(): Promise<ThreadMessage[]>;
  /** Keeps bytes before the handler is done, for long work with several parts. */
  artifacts: {
    save(output: {
      body: Body;
      contentType: string;
      fileName?: string;
      mediaType?: MediaType;
    }): Promise<SavedArtifact>;
  };
  /**
   * Keeps a small value with the round, at most 10,000 characters as JSON: the number of a job at another service, for example. Whoever
   * begins the round again after a crash, a failed try or a restart finds it in `remembered`; a retry by an operator begins anew.
   */
  remember(value: unknown): Promise<void>;
  /** What an earlier try of this round remembered last; null: nothing. */
  remembered: unknown;
  /** Says how far the work is: a percentage, or a text. Shown on the job's page. */
  progress(value: number | string): Promise<void>;
}

/** A refusal to quote, with the reason for the buyer. */
export interface Refusal {
  refuse: string;
}

/** Which orders a handler is for. Fields that are given must all match; text is compared without regard to case. */
export type Match =
  | {
      /** What the configuration calls an agent. */
      agent?: string | readonly string[];
      serviceId?: string | readonly string[];
      /** The service's category. An order of a bounty has none. */
      category?: ServiceCategory | readonly ServiceCategory[];
      title?: string | RegExp;
    }
  | ((order: HandlerOrder) => boolean)
  | 'default';

export interface HandlerInput {
  /** Names the handler in logs, on pages and in attention. */
  name: string;
  /** The first handler that matches an order is used; `'default'` is for orders that no other one matches. */
  match: Match;
  /** The price of an order, a decimal string such as `"45.00"`, or a refusal. Needed for quote-priced services only. */
  quote?: (ctx: HandlerContext) => string | Refusal | Promise<string | Refusal>;
  /**
   * How long a quote is valid, in hours. The marketplace knows no end date: an order that is paid later waits for a human before anything
   * is generated. Default: for ever.
   */
  quoteValidHours?: number;
  /**
   * Looks at a brief before money is spent: before a quote, and before the first generation. A refusal ends the quote, with the reason on
   * the admin page; of a paid order the buyer is told it, and a human is asked, since the marketplace lets no seller cancel.
   */
  validate?: (ctx: HandlerContext) => Refusal | undefined | Promise<Refusal | undefined>;
  /** Makes the deliverables of a round. */
  generate: (ctx: GenerateContext) => Output | readonly Output[] | Promise<Output | readonly Output[]>;
  /**
   * Whether an operator looks at a round before it is delivered: always, or where the function says so. It waits on the admin page then,
   * to be approved, made again with a note, or refused. What becomes of it at its due time is `policy.review`. A function that throws, or
   * says nothing for half a minute, has it looked at. Default false.
   */
  review?: boolean | ((ctx: HandlerContext) => boolean | Promise<boolean>);
  /** How long one call may take, in seconds. Default 1800. */
  timeLimitSeconds?: number;
  /** How often a call is tried before a human is asked. Default 3, at most 10. */
  attempts?: number;
  /**
   * What quotes and generations may cost, by what they tell with `ctx.usage`, in USD; over it, orders wait for a human. `order`: one order,
   * once more each time that an operator retries or has a draft made again. `day`: all orders of the handler, by the day in UTC; each try
   * reserves what the dearest one cost, before it begins. Either may be exceeded by what one try costs.
   */
  maxCostUsd?: { order?: number; day?: number };
}

export interface Handler extends HandlerInput {
  timeLimitSeconds: number;
  attempts: number;
}
