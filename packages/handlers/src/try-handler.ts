import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { type MediaType, type ThreadMessage, type Usage, usageSchema } from '@fulfillment/shared';
import { PermanentError } from './errors.ts';
import { localDisk } from './local-disk.ts';
import { mediaTypeOf } from './media.ts';
import { toProducts } from './products.ts';
import type { EarlierRound, GenerateContext, Handler, HandlerLog, HandlerOrder } from './types.ts';

/** An order that nobody placed. What is not given is what an order of few words has. */
export interface MadeUpOrder extends Partial<HandlerOrder> {
  /** 0, the default, for the first delivery; n for the n-th revision. */
  round?: number;
  /** What the buyer wants changed. */
  feedback?: string;
  isDispute?: boolean;
  /** What an operator wants different. */
  note?: string;
  earlier?: readonly EarlierRound[];
  thread?: ThreadMessage[];
}

export interface TryOptions {
  /** Where what it makes is kept. */
  folder: string;
  /** Called at each progress. */
  onProgress?: (value: number | string) => void;
  /** Where the handler's log goes. Default: nowhere. */
  log?: HandlerLog;
  /** Ends the try, as a cancelled order would. */
  signal?: AbortSignal;
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
  progress: (number | string)[];
  /** What it told with `ctx.usage`. */
  usage: Usage[];
  /** How long `generate` and the keeping of what it made took. */
  seconds: number;
}

/**
 * Runs a handler's `generate` once against a made-up order, with its time limit and every check of what it returns, but without
 * marketplace, Redis and queue.
 * @throws what the handler throws; InvalidOutputError for what could not be delivered; an error that names the time limit.
 */
export async function tryHandler(
  handler: Handler,
  madeUp: MadeUpOrder,
  { folder, onProgress, log, signal }: TryOptions,
): Promise<Tried> {
  const {
    round = 0,
    feedback,
    isDispute = false,
    note = null,
    earlier = [],
    thread = [],
    ...fields
  } = madeUp;
  const order = { ...ORDER, ...fields };
  const limit = new AbortController();
  const reason = new Error(
    `Handler "${handler.name}" took longer than its time limit of ${handler.timeLimitSeconds} s`,
  );
  const timer = setTimeout(() => limit.abort(reason), handler.timeLimitSeconds * 1000);
  const ending = signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]);
  const artifacts = localDisk({ folder });
  const progress: (number | string)[] = [];
  const usage: Usage[] = [];
  const ctx: GenerateContext = {
    order,
    round,
    feedback: feedback ?? null,
    isDispute,
    attempt: 0,
    note,
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
      usage.push(usageSchema.parse(report));
    },
    remember: async () => undefined,
    remembered: null,
    progress: async (value) => {
      progress.push(value);
      onProgress?.(value);
    },
    signal: ending,
  };
  const begun = performance.now();
  try {
    const made = Promise.resolve()
      .then(() => (round === 0 ? handler.validate?.(ctx) : undefined))
      .then((answer) => {
        if (answer) throw new PermanentError(`it refuses the brief: ${answer.refuse}`);
        return handler.generate(ctx);
      })
      .then((outputs) =>
        toProducts(outputs, {
          artifacts,
          order,
          round: String(round),
          usedUrls: new Set(),
          secret: randomUUID(),
          signal: ending,
        }),
      );
    const products = await Promise.race([made, aborted(ending)]);
    const deliverables = products.map(({ mediaType, artifact, url }) => ({
      mediaType,
      ...(artifact && {
        file: path.resolve(folder, artifact.path),
        contentType: artifact.contentType,
        bytes: artifact.bytes,
      }),
      ...(url !== undefined && { url }),
    }));
    return { deliverables, progress, usage, seconds: (performance.now() - begun) / 1000 };
  } finally {
    clearTimeout(timer);
  }
}

const SILENT: HandlerLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

const ORDER: HandlerOrder = {
  id: 'order-of-a-try',
  agentId: 'agent-of-a-try',
  serviceId: null,
  serviceTitle: 'A try',
  serviceCategory: null,
  brief: 'A cat that reads a book.',
  referenceUrls: [],
  referenceImages: [],
  requirementAnswers: {},
  clientName: null,
  quotedPriceUsd: '45.00',
  maxRevisions: 2,
};

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
