import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { localDisk, mediaTypeOf } from '@fulfillment/artifacts';
import { addBytes } from '@fulfillment/artifacts/test-support';
import { type Usage, usageSchema } from '@fulfillment/shared';
import { afterAll } from 'vitest';
import type { EarlierRound, GenerateContext, HandlerOrder } from '../types.ts';

interface ContextFields {
  brief?: string;
  feedback?: string;
  round?: number;
  signal?: AbortSignal;
  earlier?: EarlierRound[];
  order?: Partial<HandlerOrder>;
  remembered?: unknown;
  note?: string;
  draft?: NonNullable<GenerateContext['draft']>;
  attempt?: number;
}

/** A folder for artifacts, and made-up orders to run generators against. */
export async function openBench() {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'generator-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const store = localDisk({ folder, publicUrl: 'https://orders.example.com' });
  let orders = 0;

  function context({ order, ...fields }: ContextFields = {}) {
    orders += 1;
    const id = `ord_${orders}`;
    const progress: (string | number)[] = [];
    const usage: Usage[] = [];
    const remembered: unknown[] = [];
    const signal = fields.signal ?? new AbortController().signal;
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const ctx: GenerateContext = {
      order: {
        id,
        agentId: 'agt_1',
        agent: 'default',
        serviceId: 'srv_1',
        serviceTitle: 'A drawing',
        serviceCategory: 'image_gen',
        priceType: 'fixed',
        turnaroundHours: 48,
        quota: null,
        quotaUsed: null,
        workspaceExpiresAt: null,
        bountyId: null,
        brief: fields.brief ?? 'A cat.',
        briefEnglish: null,
        briefSpec: null,
        referenceUrls: [],
        referenceImages: [],
        requirementAnswers: {},
        clientName: 'Ada',
        clientType: null,
        review: null,
        quotedPriceUsd: '45.00',
        maxRevisions: 2,
        ...order,
      },
      round: fields.round ?? 0,
      feedback: fields.feedback ?? null,
      isDispute: false,
      attempt: fields.attempt ?? 0,
      note: fields.note ?? null,
      draft: fields.draft ?? null,
      earlier: fields.earlier ?? [],
      thread: async () => [],
      artifacts: {
        async save({ body, contentType, fileName }) {
          const artifact = await addBytes(store, {
            orderId: id,
            round: '0',
            body,
            contentType,
            signal,
            ...(fileName !== undefined && { fileName }),
          });
          return {
            artifact,
            mediaType: mediaTypeOf(artifact.contentType),
            url: await store.publicUrl(artifact),
          };
        },
      },
      log,
      usage: async (report) => void usage.push(usageSchema.parse(report)),
      remember: async (value) => void remembered.push(value),
      remembered: fields.remembered ?? null,
      progress: async (value) => void progress.push(value),
      signal,
    };
    /** Waits until there is progress. */
    const said = async () => {
      while (progress.length === 0) await delay(10);
    };
    return { ctx, progress, usage, remembered, said };
  }
  return { folder, context };
}
