import { NO_BRIEF, ORDER_STATUSES, type OrderSnapshot } from './order.ts';

/** Fields that snapshots of earlier versions lack. */
const LATER_FIELDS = {
  clientDisplayName: null,
  clientUsername: null,
  clientType: null,
  briefEnglish: null,
  briefSpec: null,
  quotaTotal: null,
  quotaUsed: null,
  hasDeliverables: null,
} as const satisfies Partial<OrderSnapshot>;

const isText = (value: unknown) => typeof value === 'string';
const isNumber = (value: unknown) => Number.isFinite(value);
const isBoolean = (value: unknown) => typeof value === 'boolean';
const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
const areTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
const orNull = (is: (value: unknown) => boolean) => (value: unknown) => value === null || is(value);

/** Whether a field has the type that the rules rely on. */
const FIELDS: Readonly<Record<keyof OrderSnapshot, (value: unknown) => boolean>> = {
  id: isText,
  agentId: isText,
  status: isText,
  rawStatus: isText,
  serviceId: orNull(isText),
  serviceTitle: orNull(isText),
  serviceCategory: orNull(isText),
  clientName: orNull(isText),
  clientDisplayName: orNull(isText),
  clientUsername: orNull(isText),
  clientType: orNull(isText),
  clientWallet: orNull(isText),
  clientAgentId: orNull(isText),
  brief: isText,
  hasBrief: isBoolean,
  briefEnglish: orNull(isText),
  briefSpec: () => true,
  referenceUrls: areTexts,
  referenceImages: areTexts,
  requirementAnswers: isObject,
  quotedPriceUsd: orNull(isText),
  platformFeeUsd: orNull(isText),
  revisionCount: isNumber,
  maxRevisions: isNumber,
  quotaTotal: orNull(isNumber),
  quotaUsed: orNull(isNumber),
  bountyId: orNull(isText),
  hasDeliverables: orNull(isBoolean),
  createdAt: orNull(isNumber),
  deliveredAt: orNull(isNumber),
  reviewDeadline: orNull(isNumber),
  completedAt: orNull(isNumber),
  workspaceExpiresAt: orNull(isNumber),
  payoutTxHash: orNull(isText),
  deliverableUrl: (value) => value === undefined || value === null || isText(value),
  problems: areTexts,
};
const CHECKS = Object.entries(FIELDS) as [keyof OrderSnapshot, (value: unknown) => boolean][];

/**
 * Reads a snapshot that some version stored, and completes it. A status of a later version is not
 * known here.
 * @param stored the parsed JSON.
 * @returns null if a field has another type, because the rules would fail on it. The order is then
 * read again.
 */
export function readStoredSnapshot(stored: unknown): OrderSnapshot | null {
  if (!isObject(stored)) return null;
  const given = stored as Partial<OrderSnapshot>;
  const hasBrief = !(Array.isArray(given.problems) && given.problems.includes(NO_BRIEF));
  const snapshot = { ...LATER_FIELDS, hasBrief, ...given } as OrderSnapshot;
  if (!CHECKS.every(([name, isRight]) => isRight(snapshot[name]))) return null;
  const isKnown = ORDER_STATUSES.some((status) => status === snapshot.status);
  return isKnown ? snapshot : { ...snapshot, status: 'unknown' };
}
