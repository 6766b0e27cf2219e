import type { GenerateInput } from '@fulfillment/runner';
import {
  type Artifact,
  answersDispute,
  type Deliverable,
  disputeReason,
  draftOf,
  factsOf,
  feedbackFor,
  generatedOf,
  isReleased,
  noteFor,
  type OrderRecord,
  revisionOf,
  urlsOfOtherRounds,
} from '@fulfillment/shared';
import type { Begun } from '../begin.ts';
import type { GenerateStep } from '../dependencies.ts';
import { rememberedBefore } from './memory.ts';

/**
 * Everything about a round that its handler gets as data.
 * @param secret keys the names of the round's artifacts.
 */
export function generateInputOf(
  { generation, step, folder }: GenerateStep,
  { record, order, handler }: Begun,
  secret: string,
): GenerateInput {
  const { runtime, artifacts } = generation;
  const { round, attempt } = step;
  return {
    handler: handler.name,
    order,
    round: revisionOf(round),
    attempt,
    feedback: answersDispute(round) ? disputeReason(record) : feedbackFor(record, round),
    isDispute: answersDispute(round),
    note: noteFor(record, round),
    draft: lastDraft(record, round),
    earlier: earlierRounds(record, round),
    remembered: rememberedBefore(record, round, attempt),
    shouldValidate: shouldValidate(record, round),
    staging: {
      folder,
      maxBytes: artifacts.maxBytes,
      secret,
      round,
      usedUrls: [...urlsOfOtherRounds(record, round)],
      mayBePrivate: runtime.policy.privateUrls === 'deliver',
      ownUrl: runtime.settings.PUBLIC_URL,
      attempt,
    },
  };
}

/**
 * Whether `validate` checks the brief. It does so once, before the order costs anything, unless an
 * operator accepted the order in spite of the refusal.
 */
function shouldValidate(record: OrderRecord, round: string): boolean {
  return round === '0' && draftOf(record, round) === 0 && !isReleased(record, round, 'brief_declined');
}

/** The output of the previous draft, which an operator had regenerated. */
function lastDraft(record: OrderRecord, round: string): GenerateInput['draft'] {
  const draft = draftOf(record, round);
  const made = draft === 0 ? undefined : generatedOf(record, round, draft - 1);
  if (made === undefined) return null;
  const deliverables = made.products.map(({ url, mediaType, artifact }) => ({
    url: url ?? null,
    ...fileOf(mediaType, artifact),
  }));
  return { deliverables };
}

function earlierRounds(record: OrderRecord, round: string): GenerateInput['earlier'] {
  return factsOf(record, 'delivered')
    .filter((fact) => fact.round !== round)
    .map((fact) => {
      const products = generatedOf(record, fact.round, fact.draft)?.products ?? [];
      return {
        round: revisionOf(fact.round),
        deliverables: fact.deliverables.map(({ url, mediaType }, index) => ({
          url,
          ...fileOf(mediaType, products[index]?.artifact),
        })),
      };
    });
}

function fileOf(mediaType: Deliverable['mediaType'], artifact: Artifact | undefined) {
  return { mediaType, ...(artifact && { bytes: artifact.bytes }), artifact: artifact ?? null };
}
