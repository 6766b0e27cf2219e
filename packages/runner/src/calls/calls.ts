import type { SavedArtifact, StagedOutput } from '@fulfillment/artifacts';
import type { EarlierDeliverable, HandlerLog, HandlerOrder, Refusal } from '@fulfillment/handlers';
import type { Artifact, ThreadMessage, Usage } from '@fulfillment/shared';

/** A question to the handlers: which of them serves an order. */
interface ChooseInput {
  order: HandlerOrder;
  /** See `chooseHandler`. */
  begun: string | null;
}

/** A call of one handler about an order. */
export interface HandlerInput {
  handler: string;
  order: HandlerOrder;
}

export interface PriceInput extends HandlerInput {
  /** Whether `validate` checks the brief first. */
  shouldValidate: boolean;
}

/** A deliverable of an earlier round or draft, without the function that reads its bytes. */
export interface EarlierFile extends Omit<EarlierDeliverable, 'url' | 'read'> {
  url: string | null;
  /** Null when the handler returned only a URL. */
  artifact: Artifact | null;
}

/** Where and how the output of a call is staged on this machine's disk. */
export interface StagingPlan {
  folder: string;
  /** Of one file. Absent: the default. */
  maxBytes?: number | undefined;
  /** Keys the names of artifacts. */
  secret: string;
  /** The round as records name it: `0`, `1`, `1d`. */
  round: string;
  /** The URLs that other rounds delivered, or tried to deliver. */
  usedUrls: readonly string[];
  mayBePrivate: boolean;
  ownUrl?: string | undefined;
  /** How often an operator had retried the round. */
  attempt: number;
}

/** Everything about a round that a handler gets as data. */
export interface GenerateInput extends HandlerInput {
  round: number;
  attempt: number;
  feedback: string | null;
  isDispute: boolean;
  note: string | null;
  draft: { deliverables: readonly EarlierFile[] } | null;
  earlier: readonly { round: number; deliverables: readonly EarlierFile[] }[];
  /** JSON of the value that an earlier attempt remembered, or null. */
  remembered: string | null;
  /** Whether `validate` checks the brief first. */
  shouldValidate: boolean;
  staging: StagingPlan;
}

/** The calls of handlers, by kind. Inputs and results are plain data. */
export interface Calls {
  /** The name of the handler that serves the order. */
  choose: { input: ChooseInput; result: string };
  /** The answer of `validate`. Null: the handler accepts the brief, or has no `validate`. */
  validate: { input: HandlerInput; result: Refusal | null };
  /** The price, complete, or a refusal by `validate` or `quote`. */
  price: { input: PriceInput; result: { priceUsd: string } | Refusal };
  /** The output, staged with its manifest, or a refusal by `validate`. */
  generate: { input: GenerateInput; result: StagedOutput | Refusal };
  /** Whether an operator must review the output. */
  review: { input: HandlerInput; result: boolean };
}

export type CallKind = keyof Calls;

/**
 * What a call asks of the process that started the call. That process has the marketplace, the
 * record store and the artifact stores.
 */
export interface CallHost {
  log: HandlerLog;
  usage(used: Usage): Promise<void>;
  thread(): Promise<ThreadMessage[]>;
  /** The bytes of an earlier deliverable. Null: there are none. */
  read(artifact: Artifact): Promise<Blob | null>;
  /**
   * Stores a staged file at once if the store takes the file.
   * @returns the file as the handler gets it.
   */
  store(staged: SavedArtifact): Promise<SavedArtifact>;
  /** @param json the value to remember. */
  remember(json: string): Promise<void>;
  /** A percentage, or a short text. */
  progress(value: number | { text: string }): Promise<void>;
}
