import type { EarlierRound, GenerateContext, HandlerOrder } from '@fulfillment/handlers';
import type { Artifact, ThreadMessage } from '@fulfillment/shared';
import type { EarlierFile } from '../calls/calls.ts';
import { frozenDeep } from '../config/frozen-deep.ts';

/** An order that nobody placed. Fields that are not given have the values of a minimal order. */
export interface MadeUpOrder extends Partial<HandlerOrder> {
  /** 0, the default, for the first delivery, or n for the n-th revision. */
  round?: number;
  /** What the buyer wants changed. */
  feedback?: string;
  isDispute?: boolean;
  /** An operator's note. */
  note?: string;
  /** The output of the last draft. */
  draft?: NonNullable<GenerateContext['draft']>;
  earlier?: readonly EarlierRound[];
  thread?: ThreadMessage[];
  /** The value that an earlier attempt remembered. */
  remembered?: unknown;
}

type Readable =
  | EarlierRound['deliverables'][number]
  | NonNullable<MadeUpOrder['draft']>['deliverables'][number];

/** The deliverables of earlier rounds and drafts of a made-up order, as a call gets them. */
export class EarlierFiles {
  readonly #readers = new Map<string, Readable['read']>();

  fileOf({ read, bytes, mediaType, url }: Readable): EarlierFile {
    const path = String(this.#readers.size);
    this.#readers.set(path, read);
    const artifact = { path, fileName: path, contentType: 'application/octet-stream', bytes: bytes ?? 1 };
    return { url, mediaType, ...(bytes === undefined ? {} : { bytes }), artifact };
  }

  async read({ path }: Artifact): Promise<Blob | null> {
    return (await this.#readers.get(path)?.()) ?? null;
  }
}

/** The order itself, as handlers see it. */
export function orderOf({
  round: _round,
  feedback: _feedback,
  isDispute: _isDispute,
  note: _note,
  draft: _draft,
  earlier: _earlier,
  thread: _thread,
  remembered: _remembered,
  ...fields
}: MadeUpOrder): HandlerOrder {
  return frozenDeep({ ...ORDER, ...structuredClone(fields) });
}

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
