import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { localDisk, type StagedOutput, stagedFile } from '@fulfillment/artifacts';
import { type HandlerLog, type HandlerOrder, PermanentError, type Refusal } from '@fulfillment/handlers';
import { type MediaType, stackOf, type Usage } from '@fulfillment/shared';
import type { CallHost, CallKind, Calls, GenerateInput } from '../calls/calls.ts';
import { isRefusal } from '../calls/perform-call.ts';
import type { HandlerDescription } from '../describe-handler.ts';
import type { Slot } from '../slot.ts';
import { EarlierFiles, type MadeUpOrder, orderOf } from './made-up-order.ts';

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
   * Why an operator would have to review the output before it is delivered. Undefined when nothing
   * was found.
   */
  reviewReason: string | undefined;
  /**
   * Whether an operator would have to review the output, for that reason or because the handler's
   * `review` says so.
   */
  isHeld: boolean;
}

/** The time limit of a review function, as in the worker. */
const REVIEW_WITHIN_MS = 30_000;
const SILENT: HandlerLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Runs a handler on a made-up order: the calls, the checks and the processes are those of the
 * worker. Nothing is recorded, and there is no marketplace.
 * @param slot runs the handler's code.
 * @throws what `Slot.run` throws. PermanentError when the handler declines the brief. PriceError
 * for a price that cannot be quoted. InvalidOutputError for output that could not be delivered.
 */
export async function tryHandler(
  { slot, handler }: { slot: Slot; handler: HandlerDescription },
  madeUp: MadeUpOrder,
  options: TryOptions,
): Promise<Tried> {
  const trial = new Trial({ slot, handler, madeUp, options });
  if ((madeUp.round ?? 0) === 0) await trial.askBefore();
  return trial.generate();
}

/** One trial run of a handler. */
class Trial {
  readonly #given: { slot: Slot; handler: HandlerDescription; madeUp: MadeUpOrder; options: TryOptions };
  readonly #order: HandlerOrder;
  readonly #files = new EarlierFiles();

  constructor(given: { slot: Slot; handler: HandlerDescription; madeUp: MadeUpOrder; options: TryOptions }) {
    this.#given = given;
    this.#order = orderOf(given.madeUp);
  }

  /** Asks the handler's functions that run before an order is paid. */
  async askBefore(): Promise<void> {
    const { handler, options } = this.#given;
    const order = { ...this.#order, quotedPriceUsd: null };
    const input = { handler: handler.name, order };
    if (handler.canValidate) {
      const refusal = await this.#run('validate', input);
      options.onAnswer?.('validate', refusal ?? undefined);
      if (refusal !== null) throw new PermanentError(`it refuses the brief: ${refusal.refuse}`);
    }
    if (!handler.canQuote) return;
    const answer = await this.#run('price', { ...input, shouldValidate: false });
    options.onAnswer?.('quote', isRefusal(answer) ? answer : answer.priceUsd);
  }

  async generate(): Promise<Tried> {
    const { handler, options } = this.#given;
    const folder = path.resolve(options.folder);
    const staging = path.join(folder, `.staging-${randomUUID()}`);
    try {
      await mkdir(staging, { recursive: true });
      const output = await this.#run('generate', this.#input(staging));
      if (isRefusal(output)) throw new PermanentError(`it refuses the brief: ${output.refuse}`);
      const deliverables = await stored(output, staging, folder);
      const { reviewReason } = output;
      const isHeld = reviewReason !== undefined || (await this.#isHeld(handler));
      return { deliverables, reviewReason, isHeld };
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  }

  /** As in the worker, a function that throws or takes too long holds the round. */
  async #isHeld({ name, review }: HandlerDescription): Promise<boolean> {
    if (typeof review === 'boolean') return review;
    try {
      return await this.#run('review', { handler: name, order: this.#order }, REVIEW_WITHIN_MS);
    } catch (error) {
      this.#given.options.log?.error(
        { stack: stackOf(error) },
        'the review function failed: the round waits for a review',
      );
      return true;
    }
  }

  #run<K extends CallKind>(
    kind: K,
    input: Calls[K]['input'],
    timeLimitMs: number = this.#given.handler.timeLimitSeconds * 1000,
  ): Promise<Calls[K]['result']> {
    const { slot, options } = this.#given;
    const { signal = new AbortController().signal } = options;
    return slot.run({ kind, input, host: () => this.#host(), signal, timeLimitMs });
  }

  #host(): CallHost {
    const { options, madeUp } = this.#given;
    const { log = SILENT, onUsage, onProgress } = options;
    return {
      log,
      usage: async (used) => onUsage?.(used),
      thread: async () => [...(madeUp.thread ?? [])],
      read: (artifact) => this.#files.read(artifact),
      store: async (staged) => staged,
      remember: async () => undefined,
      progress: async (value) => onProgress?.(typeof value === 'number' ? value : value.text),
    };
  }

  #input(folder: string): GenerateInput {
    const { handler, madeUp, options } = this.#given;
    const { round = 0, feedback = null, isDispute = false, note = null, draft, earlier = [] } = madeUp;
    const fileOf = (file: Parameters<EarlierFiles['fileOf']>[0]) => this.#files.fileOf(file);
    return {
      handler: handler.name,
      order: this.#order,
      round,
      attempt: 0,
      feedback,
      isDispute,
      note,
      draft: draft === undefined ? null : { deliverables: draft.deliverables.map(fileOf) },
      earlier: earlier.map((of) => ({ round: of.round, deliverables: of.deliverables.map(fileOf) })),
      remembered: madeUp.remembered === undefined ? null : JSON.stringify(madeUp.remembered),
      shouldValidate: false,
      staging: {
        folder,
        secret: randomUUID(),
        round: String(round),
        usedUrls: [],
        mayBePrivate: this.#given.slot.policy.privateUrls === 'deliver',
        ownUrl: options.ownUrl,
        attempt: 0,
      },
    };
  }
}

/** Moves staged output into its folder, as the worker moves it into the artifact store. */
async function stored({ parts }: StagedOutput, staging: string, folder: string): Promise<TriedFile[]> {
  const store = localDisk({ folder });
  const { signal } = new AbortController();
  return Promise.all(
    parts.map(async ({ product: { mediaType, artifact, url } }) => {
      if (artifact === undefined) return { mediaType, ...(url !== undefined && { url }) };
      await store.add(stagedFile(staging, artifact), artifact, signal);
      const { contentType, bytes } = artifact;
      return { mediaType, file: path.join(folder, artifact.path), contentType, bytes };
    }),
  );
}
