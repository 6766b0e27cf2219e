import { z } from 'zod';
import { NO_BRIEF, ORDER_STATUSES, type OrderSnapshot } from './order.ts';

const text = z.string();
const textOrNull = text.nullable();
const numberOrNull = z.number().nullable();

/** Fields with a default are missing in snapshots of earlier versions. */
const storedSchema = z.object({
  id: text,
  agentId: text,
  // A status of a later version is not known here.
  status: z.enum([...ORDER_STATUSES, 'unknown']).catch('unknown'),
  rawStatus: text,
  serviceId: textOrNull,
  serviceTitle: textOrNull,
  serviceCategory: textOrNull,
  clientName: textOrNull,
  clientDisplayName: textOrNull.default(null),
  clientUsername: textOrNull.default(null),
  clientType: textOrNull.default(null),
  clientWallet: textOrNull,
  clientAgentId: textOrNull,
  brief: text,
  hasBrief: z.boolean().optional(),
  briefEnglish: textOrNull.default(null),
  briefSpec: z.unknown().default(null),
  referenceUrls: z.array(text),
  referenceImages: z.array(text),
  requirementAnswers: z.record(text, z.unknown()),
  quotedPriceUsd: textOrNull,
  platformFeeUsd: textOrNull,
  revisionCount: z.number(),
  maxRevisions: z.number(),
  quotaTotal: numberOrNull.default(null),
  quotaUsed: numberOrNull.default(null),
  bountyId: textOrNull,
  hasDeliverables: z.boolean().nullable().default(null),
  createdAt: numberOrNull,
  deliveredAt: numberOrNull,
  reviewDeadline: numberOrNull,
  completedAt: numberOrNull,
  workspaceExpiresAt: numberOrNull,
  payoutTxHash: textOrNull,
  deliverableUrl: textOrNull.exactOptional(),
  problems: z.array(text),
});

/**
 * Reads a snapshot that some version stored, and completes it.
 * @param stored the parsed JSON.
 * @returns null if a field has another type, because the rules would fail on it. The order is then
 * read again.
 */
export function readStoredSnapshot(stored: unknown): OrderSnapshot | null {
  const { data } = storedSchema.safeParse(stored);
  if (data === undefined) return null;
  return { ...data, hasBrief: data.hasBrief ?? !data.problems.includes(NO_BRIEF) };
}
