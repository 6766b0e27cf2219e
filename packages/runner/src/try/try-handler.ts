import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { localDisk, mediaTypeOf, reviewReasonOf, toProducts } from '@fulfillment/artifacts';
import {
  type EarlierRound,
  type GenerateContext,
  type Handler,
  type HandlerLog,
  type HandlerOrder,
  PermanentError,
  type Refusal,
} from '@fulfillment/handlers';
import {
  aborted,
  formatPrice,
  type MediaType,
  type ThreadMessage,
  type Usage,
  usageSchema,
} from '@fulfillment/shared';
import { shownProgress } from '../calls/progress.ts';
import { rememberedJson } from '../calls/remembered.ts';
import { frozenDeep } from '../config/frozen-deep.ts';
import { isHeldByHandler } from './tried-review.ts';

/** An order that nobody placed. Fields that are not given have the values of a minimal order. */
export interface MadeUpOrder extends Partial<HandlerOrder> {
  /** 0, the default, for the first delivery, or n for the n-th revision. */
  round?: number;
  /** What the buyer wants changed. */
  feedback?: string;
  isDispute?: boolean;
  /** What an operator wants different. */
  note?: string;
  /** The output of the last draft. */
  draft?: NonNullable<GenerateContext['draft']>;
  earlier?: readonly EarlierRound[];
  thread?: ThreadMessage[];
  /** The value that an earlier attempt remembered. */
  remembered?: unknown;
}

export interface TryOptions {
  /** The folder for the output. */
  folder: string;
  /** Called at each progress report. */
  onProgress?: (value: number | string) => void;
  /** Called at each usage report, even if the trial run fails afterwards. */
  onUsage?: (used: Usage) => void;
  /**
   * Called with the answers of `validate` (undefined: it accepts the brief) and `quote` (a price,
   * complete), if the handler has them.
   */
  onAnswer?: (asked: 'validate' | 'quote', answer: string | Refusal | undefined) => void;
  /** The destination of the handler's log. Default: none. */
  log?: HandlerLog;
  /** Ends the trial run, as a cancelled order would. */
  signal?: AbortSignal;
  /**
   * Whether a URL may lead to this machine or a private network, as `policy.privateUrls: 'deliver'`
   * says. Default false.
   */
  mayBePrivate?: boolean;
  /** PUBLIC_URL: the URLs of our own artifacts may lead anywhere. */
  ownUrl?: string | undefined;
}

/** A deliverable of the trial run: a file of ours, or a URL that the handler returned. */
export interface TriedFile {
  mediaType: MediaType;
  /** The file on disk, or absent when the handler returned a URL. */
  file?: string;
  contentType?: string;
  bytes?: number;
  url?: string;
}

/** The result of a trial run. */
export interface Tried {
  deliverables: TriedFile[];
  /**
   * The price that the handler quotes, or its refusal. Undefined for a revision, and for a handler
   * without `quote`.
   */
  quote: string | Refusal | undefined;
  progress: (number | string)[];
  /** The handler's reports to `ctx.usage`. */
  usage: Usage[];
  /**
   * Why an operator would have to review the output before it is delivered. Undefined when nothing
   * was found.
   */
  reviewReason: string | undefined;
  /**
   * Whether an operator would have to review the output, for that reason or because the handler's
   * `review` says so.
   */
  isHeld: boolean;
  /** The value that the handler remembered last, or null. */
  remembered: unknown;
  /** How long `generate` and the storing of its output took. */
  seconds: number;
}

/**
 * Runs a handler once against a made-up order, with its time limit and every check of its output,
 * but without marketplace, Redis and queue. For a first delivery it calls `validate` and `quote`,
 * if the handler has them, and then `generate`. A refusal to quote does not end the run, because
 * services with a fixed price are not quoted.
 * @throws what the handler throws. PriceError for a price that cannot be quoted. InvalidOutputError
 * for output that could not be delivered. An error that names the time limit.
 */
export async function tryHandler(
  handler: Handler,
  madeUp: MadeUpOrder,
  { folder, onProgress, onUsage, onAnswer, log, signal, mayBePrivate = false, ownUrl }: TryOptions,
): Promise<Tried> {
  const {
    round = 0,
    feedback,
    isDispute = false,
    note = null,
    draft = null,
    earlier = [],
    thread = [],
    remembered: rememberedBefore = null,
    ...fields
  } = madeUp;
  const order: HandlerOrder = frozenDeep({ ...ORDER, ...structuredClone(fields) });
  const limit = new AbortController();
  const reason = new Error(
    `Handler "${handler.name}" took longer than its time limit of ${handler.timeLimitSeconds} s`,
  );
  const timer = setTimeout(() => limit.abort(reason), handler.timeLimitSeconds * 1000);
  const ending = signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]);
  const artifacts = localDisk({ folder });
  const progress: (number | string)[] = [];
  const usage: Usage[] = [];
  let remembered = rememberedBefore;
  const ctx: GenerateContext = {
    order,
    round,
    feedback: feedback ?? null,
    isDispute,
    attempt: 0,
    note,
    draft,
    earlier,
    thread: async () => thread,
    artifacts: {
      async save({ body, contentType, fileName, mediaType }) {
        const input = {
          orderId: order.id,
          round: String(round),
          body,
          contentType,
          fileName,
          signal: ending,
        };
        const artifact = await artifacts.put(input);
        return { artifact, mediaType: mediaType ?? mediaTypeOf(artifact.contentType), url: null };
      },
    },
    log: log ?? SILENT,
    usage: async (report) => {
      const used = usageSchema.parse(report);
      usage.push(used);
      onUsage?.(used);
    },
    remember: async (value) => {
      remembered = JSON.parse(rememberedJson(value));
    },
    get remembered() {
      return remembered;
    },
    progress: async (value) => {
      const shown = shownProgress(value);
      const told = typeof shown === 'number' ? shown : shown.text;
      progress.push(told);
      onProgress?.(told);
    },
    signal: ending,
  };
  const begun = performance.now();
  try {
    const made = (async () => {
      const quote = round === 0 ? await priceOf(handler, ctx, onAnswer) : undefined;
      const outputs = await handler.generate(ctx);
      const options = {
        artifacts,
        orderId: order.id,
        round: String(round),
        usedUrls: new Set<string>(),
        secret: randomUUID(),
        signal: ending,
        mayBePrivate,
        ownUrl,
      };
      const reviewReason = reviewReasonOf(outputs);
      return { quote, reviewReason, products: await toProducts(outputs, options) };
    })();
    const { quote, products, reviewReason } = await Promise.race([made, aborted(ending)]);
    const deliverables = products.map(({ mediaType, artifact, url }) => ({
      mediaType,
      ...(artifact && {
        file: path.resolve(folder, artifact.path),
        contentType: artifact.contentType,
        bytes: artifact.bytes,
      }),
      ...(url !== undefined && { url }),
    }));
    const seconds = (performance.now() - begun) / 1000;
    const isHeld = reviewReason !== undefined || (await isHeldByHandler(handler, ctx, signal));
    return { deliverables, quote, reviewReason, isHeld, progress, usage, remembered, seconds };
  } finally {
    clearTimeout(timer);
  }
}

/** Calls the handler's functions that run before the order is paid. */
async function priceOf(
  handler: Handler,
  ctx: GenerateContext,
  onAnswer: TryOptions['onAnswer'],
): Promise<string | Refusal | undefined> {
  const unquoted = { ...ctx, order: frozenDeep({ ...ctx.order, quotedPriceUsd: null }) };
  if (handler.validate) {
    const refusal = await handler.validate(unquoted);
    onAnswer?.('validate', refusal || undefined);
    if (refusal) throw new PermanentError(`it refuses the brief: ${refusal.refuse}`);
  }
  if (!handler.quote) return undefined;
  const answer = await handler.quote(unquoted);
  const quote = typeof Object(answer).refuse === 'string' ? (answer as Refusal) : formatPrice(answer);
  onAnswer?.('quote', quote);
  return quote;
}

const SILENT: HandlerLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

const ORDER: HandlerOrder = {
  id: 'order-of-a-try',
  agentId: 'agent-of-a-try',
  agent: 'default',
  serviceId: null,
  serviceTitle: 'A try',
  serviceCategory: null,
  priceType: null,
  turnaroundHours: null,
  quota: null,
  quotaUsed: null,
  workspaceExpiresAt: null,
  bountyId: null,
  brief: 'A cat that reads a book.',
  briefEnglish: null,
  briefSpec: null,
  referenceUrls: [],
  referenceImages: [],
  requirementAnswers: {},
  clientName: null,
  clientType: null,
  review: null,
  quotedPriceUsd: '45.00',
  maxRevisions: 2,
};
