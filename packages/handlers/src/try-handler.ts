import { randomUUID } from 'node:crypto';
import path from 'node:path';
import {
  formatPrice,
  type MediaType,
  type ThreadMessage,
  type Usage,
  usageSchema,
} from '@fulfillment/shared';
import { aborted } from './aborted.ts';
import { shownProgress } from './context/progress.ts';
import { rememberedJson } from './context/remembered.ts';
import { PermanentError } from './errors.ts';
import { mediaTypeOf } from './outputs/media.ts';
import { reviewReasonOf, toProducts } from './outputs/products.ts';
import { localDisk } from './stores/local-disk.ts';
import { isHeldByHandler } from './tried-review.ts';
import type { EarlierRound, GenerateContext, Handler, HandlerLog, HandlerOrder, Refusal } from './types.ts';
import { frozenDeep } from './untrusted/frozen-deep.ts';

/** An order that nobody placed. What is not given is what an order of few words has. */
export interface MadeUpOrder extends Partial<HandlerOrder> {
  /** 0, the default, for the first delivery; n for the n-th revision. */
  round?: number;
  /** What the buyer wants changed. */
  feedback?: string;
  isDispute?: boolean;
  /** What an operator wants different. */
  note?: string;
  /** What the last draft made. */
  draft?: NonNullable<GenerateContext['draft']>;
  earlier?: readonly EarlierRound[];
  thread?: ThreadMessage[];
  /** What an earlier try remembered. */
  remembered?: unknown;
}

export interface TryOptions {
  /** Where what it makes is kept. */
  folder: string;
  /** Called at each progress. */
  onProgress?: (value: number | string) => void;
  /** Called at each use of something that costs, also of a try that fails afterwards. */
  onUsage?: (used: Usage) => void;
  /** Called with what `validate` (undefined: it takes the brief) and `quote` (a price, complete) answer, where the handler has them. */
  onAnswer?: (asked: 'validate' | 'quote', answer: string | Refusal | undefined) => void;
  /** Where the handler's log goes. Default: nowhere. */
  log?: HandlerLog;
  /** Ends the try, as a cancelled order would. */
  signal?: AbortSignal;
  /** Whether a URL may lead to this machine or a private network, as `policy.privateUrls: 'deliver'` says. Default false. */
  mayBePrivate?: boolean;
  /** PUBLIC_URL: the URLs of our own artifacts may lead anywhere. */
  ownUrl?: string | undefined;
}

/** Something that would be delivered: a file of ours, or a URL that the handler gave. */
export interface TriedFile {
  mediaType: MediaType;
  /** The file that was kept; absent when the handler gave a URL. */
  file?: string;
  contentType?: string;
  bytes?: number;
  url?: string;
}

/** What became of a try. */
export interface Tried {
  deliverables: TriedFile[];
  /** The price that it quotes, or its refusal; undefined for a revision, and for a handler without `quote`. */
  quote: string | Refusal | undefined;
  progress: (number | string)[];
  /** What it told with `ctx.usage`. */
  usage: Usage[];
  /** Why an operator would have to review it before it is delivered; undefined when nothing was found. */
  reviewReason: string | undefined;
  /** Whether an operator would have to review it: for that reason, or because the handler's `review` says so. */
  isHeld: boolean;
  /** What it remembered last; null: nothing. */
  remembered: unknown;
  /** How long `generate` and the keeping of what it made took. */
  seconds: number;
}

/**
 * Runs a handler once against a made-up order, with its time limit and every check of what it returns, but without marketplace, Redis
 * and queue: for a first delivery `validate` and `quote` where it has them, then `generate`. A refusal to quote ends nothing, since
 * services with a price of their own are not quoted.
 * @throws what the handler throws, PriceError for a price that cannot be quoted; InvalidOutputError for what could not be delivered; an error that names the time limit.
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
        order,
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

/** Asks the handler what it is asked before it is paid. */
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
