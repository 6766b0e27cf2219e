import type { Body, Output, SavedArtifact } from '@fulfillment/artifacts';
import type { MediaType, PriceType, ServiceCategory, ThreadMessage, Usage } from '@fulfillment/shared';

export type { Body, Output, SavedArtifact };

/** The handler's own log. Its lines carry the order's id. */
export interface HandlerLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** An order as a handler sees it. Everything a buyer wrote is untrusted text. */
export interface HandlerOrder {
  id: string;
  agentId: string;
  /** The agent's name in the configuration, or `default` for the agent of ATELIER_API_KEY. */
  agent: string;
  serviceId: string | null;
  serviceTitle: string | null;
  /**
   * The service's category, or null for an order of a bounty. The marketplace may add categories
   * that `match` does not know.
   */
  serviceCategory: string | null;
  /** The service's price type, or null for an order of a bounty. */
  priceType: PriceType | null;
  /**
   * The service's turnaround in hours. Null when the service names none, and for an order of a
   * bounty.
   */
  turnaroundHours: number | null;
  /** How many deliveries the service's price includes, or null without a quota. */
  quota: number | null;
  /** How many of them were used, or null when the marketplace does not say. */
  quotaUsed: number | null;
  /** When the order's workspace ends, in ms since the epoch, or null without a workspace. */
  workspaceExpiresAt: number | null;
  /** The bounty that the order came from, which has no service. Null for other orders. */
  bountyId: string | null;
  /** What the buyer wants. */
  brief: string;
  /**
   * The marketplace's translation of the brief, or null when there is none. It is as untrusted as
   * the brief.
   */
  briefEnglish: string | null;
  /**
   * The marketplace's structured reading of the brief, any JSON, or null when there is none. It is
   * as untrusted as the brief.
   */
  briefSpec: unknown;
  referenceUrls: readonly string[];
  referenceImages: readonly string[];
  /** Answers to the service's requirement fields. */
  requirementAnswers: Readonly<Record<string, unknown>>;
  clientName: string | null;
  /** The kind of buyer, in the marketplace's words. */
  clientType: string | null;
  /**
   * The buyer's review of the order. Buyers review completed orders, so it is null in nearly every
   * call.
   */
  review: { rating: number | null; comment: string | null } | null;
  /** Decimal string, `"45.00"`, or null before the order was quoted. */
  quotedPriceUsd: string | null;
  maxRevisions: number;
}

/** A deliverable of an earlier round. */
export interface EarlierDeliverable {
  url: string;
  mediaType: MediaType;
  /** Its size in bytes. Absent when the handler returned only a URL. */
  bytes?: number;
  /** Reads its bytes, if we kept them. Null when the handler returned only a URL. */
  read(): Promise<Blob | null>;
}

/** The deliverables of an earlier round of this order. */
export interface EarlierRound {
  /** 0 for the first delivery, n for the n-th revision. */
  round: number;
  deliverables: readonly EarlierDeliverable[];
}

/** The context that every function of a handler gets. */
export interface HandlerContext {
  order: HandlerOrder;
  log: HandlerLog;
  /**
   * Aborted when the time limit is over, the order was cancelled, or the process stops. Pass the
   * signal on to every call.
   */
  signal: AbortSignal;
  /**
   * Reports the use of a service that costs money. The report is shown with the order and counted
   * against the handler's limits. A report stays even if the attempt fails afterwards, so report
   * each use at once.
   */
  usage(report: Pick<Usage, 'what'> & Partial<Usage>): Promise<void>;
}

/** A deliverable of a draft. */
export interface DraftDeliverable extends Omit<EarlierDeliverable, 'url'> {
  /** Its URL, or null if it has no public address yet. */
  url: string | null;
}

export interface GenerateContext extends HandlerContext {
  /** 0 for the first delivery, n for the n-th revision. */
  round: number;
  /** How often an operator asked for this round again, by a retry or with a note. 0 at first. */
  attempt: number;
  /**
   * What the buyer wants changed in this revision, or why they dispute. Null in the first round or
   * when unknown.
   */
  feedback: string | null;
  /**
   * An operator's words about this round: what should change in a draft, or a note with a release
   * or a retry. Null without any.
   */
  note: string | null;
  /**
   * The output of the last draft, if an operator had it regenerated. Null in the first draft.
   */
  draft: { deliverables: readonly DraftDeliverable[] } | null;
  /** Whether this round answers a dispute. */
  isDispute: boolean;
  /** The deliverables of earlier rounds, oldest first. */
  earlier: readonly EarlierRound[];
  /** Reads the order's message thread, oldest first. The marketplace shows 50 messages. */
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
   * Keeps a small value with the round, at most 10,000 characters as JSON: the number of a job at
   * another service, for example. After a crash, a failed attempt or a restart, the next attempt
   * finds the value in `remembered`. A retry by an operator starts without it.
   */
  remember(value: unknown): Promise<void>;
  /** The value that an earlier attempt of this round remembered last, or null. */
  remembered: unknown;
  /** Reports how far the work is: a percentage, or a text. Shown on the job's page. */
  progress(value: number | string): Promise<void>;
}

/** A refusal to quote, with the reason for the buyer. */
export interface Refusal {
  refuse: string;
}

/**
 * Which orders a handler is for. All given fields must match. Text is compared without regard to
 * case.
 */
export type Match =
  | {
      /** The agent's name in the configuration. */
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
  /**
   * The first handler that matches an order is used. `'default'` is for orders that no other
   * handler matches.
   */
  match: Match;
  /**
   * The price of an order, a decimal string such as `"45.00"`, or a refusal. Needed for
   * quote-priced services only.
   */
  quote?: (ctx: HandlerContext) => string | Refusal | Promise<string | Refusal>;
  /**
   * How long a quote is valid, in hours. Quotes have no end date on the marketplace, so an order
   * that is paid later waits for a human before anything is generated. Default: no limit.
   */
  quoteValidHours?: number;
  /**
   * Checks a brief before money is spent: before a quote, and before the first generation. A
   * refusal ends the quote, and the admin page shows the reason. If the order is paid, the buyer
   * receives the reason in a message and a human is asked. Sellers cannot cancel an order on the
   * marketplace.
   */
  validate?: (ctx: HandlerContext) => Refusal | undefined | Promise<Refusal | undefined>;
  /** Makes the deliverables of a round. */
  generate: (ctx: GenerateContext) => Output | readonly Output[] | Promise<Output | readonly Output[]>;
  /**
   * Whether an operator reviews a round before it is delivered: always, or when the function says
   * so. The round then waits on the admin page. The operator approves it, has it regenerated with a
   * note, or refuses it. `policy.review` decides what happens at its due time. If a function
   * throws, or does not answer for half a minute, the round is reviewed. Default false.
   */
  review?: boolean | ((ctx: HandlerContext) => boolean | Promise<boolean>);
  /** How long one call may take, in seconds. Default 1800. */
  timeLimitSeconds?: number;
  /** How many attempts a call gets before a human is asked. Default 3, at most 10. */
  attempts?: number;
  /**
   * The most that quotes and generations may cost, by their reports to `ctx.usage`, in USD. Beyond
   * it, orders wait for a human. The limit `order` is for one order, and applies once more each
   * time that an operator retries or has a draft regenerated. The limit `day` is for all orders of
   * the handler, by the day in UTC. Before it begins, each attempt reserves the cost of the dearest
   * earlier one. Either limit may be exceeded by the cost of one attempt.
   */
  maxCostUsd?: { order?: number; day?: number };
}

export interface Handler extends HandlerInput {
  timeLimitSeconds: number;
  attempts: number;
}
