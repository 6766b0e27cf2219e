import { z } from 'zod';
import { attentionName, roundName, stepNameOf } from '../text/labels.ts';
import { fact } from './define-fact.ts';
import { count, draftSuffix, quoted, round, text } from './fields.ts';
import { MESSAGES_KEPT } from './messages.ts';

/** An operator's possible verdicts on a draft: deliver it, regenerate it, or do neither. */
export const VERDICTS = ['approve', 'regenerate', 'refuse'] as const;

const VERDICT_WORDS = {
  approve: 'approves',
  regenerate: 'has the handler regenerate',
  refuse: 'declines to deliver',
} as const satisfies Record<(typeof VERDICTS)[number], string>;

/** The operator's words after what the operator did. */
const withNote = (what: string, note: string | undefined) =>
  note === undefined ? what : `${what}: ${quoted(note)}`;

/**
 * What identifies a release: the fact that takes it back has the same key. A round has no point in
 * it, so a counted release never has the key of another one.
 */
function releaseKey(release: {
  round: string;
  attentionKey?: string | undefined;
  again?: number | undefined;
}) {
  const { round: released, attentionKey, again } = release;
  return [again === undefined ? released : `${released}.${again}`, attentionKey];
}

function deliversByHand(operator: string): string {
  return `${operator} delivers by hand`;
}

/**
 * Decisions of operators, and our questions to them. `by` is the operator's name. `note`: the
 * operator's words to the handler that generates next.
 *
 * The field `byHand` is the id of an upload that becomes the output of the round. No handler is
 * called then.
 */
export const OPERATOR_FACTS = {
  /** An operator runs a step again. Only a step that generates takes files by hand. */
  operator_retried: fact('operator_retried', {
    fields: {
      stepKey: text,
      attempt: count,
      byHand: text.optional(),
      note: text.optional(),
      by: text,
    },
    key: ({ stepKey, attempt }) => [stepKey, attempt],
    story: ({ by, stepKey, byHand, note }) =>
      byHand !== undefined
        ? deliversByHand(by)
        : withNote(`${by} retries the step "${stepNameOf(stepKey)}"`, note),
    side: 'operator',
    keep: 'always',
    text: ({ note }) => note ?? null,
  }),

  /**
   * An operator stops a step that a worker runs or a queue holds. Without effect if the step ended
   * before.
   */
  operator_stopped: fact('operator_stopped', {
    fields: { stepKey: text, attempt: count, by: text },
    key: ({ stepKey, attempt }) => [stepKey, attempt],
    story: ({ by, stepKey }) => `${by} stops the step "${stepNameOf(stepKey)}"`,
    side: 'operator',
    keep: 'always',
  }),

  /**
   * An operator releases a held round. `attentionKey`: the cause that the release covers. Absent:
   * every cause that held the round.
   */
  operator_released: fact('operator_released', {
    fields: {
      round,
      attentionKey: text.optional(),
      again: count.optional(),
      byHand: text.optional(),
      note: text.optional(),
      by: text,
    },
    key: releaseKey,
    story: ({ by, attentionKey, byHand, note, ...release }) => {
      if (byHand !== undefined) return deliversByHand(by);
      const cause = attentionKey === undefined ? '' : ` despite ${attentionName(attentionKey)}`;
      return withNote(`${by} releases ${roundName(release.round)}${cause}`, note);
    },
    side: 'operator',
    keep: 'always',
    text: ({ note }) => note ?? null,
  }),

  /** An operator takes a release back, as long as no handler has begun the round. */
  operator_release_withdrawn: fact('operator_release_withdrawn', {
    fields: { round, attentionKey: text.optional(), again: count.optional(), by: text },
    key: releaseKey,
    story: ({ by, round: released }) => `${by} takes the release of ${roundName(released)} back`,
    side: 'operator',
    keep: 'always',
  }),

  /**
   * `readUntil`: for the buyer's messages, when the last one that the operator read was recorded.
   * Facts of earlier versions lack it (see `parseAttentionKey`).
   */
  operator_acknowledged: fact('operator_acknowledged', {
    fields: { attentionKey: text, readUntil: z.number().optional(), by: text },
    key: ({ attentionKey }) => [attentionKey],
    story: ({ by, attentionKey }) => `${by} acknowledges ${attentionName(attentionKey)}`,
    side: 'operator',
    keep: 'always',
  }),

  /**
   * An operator writes to the buyer. `number` counts the operators' messages of the order, and is
   * the round of the step that sends the message.
   */
  operator_message: fact('operator_message', {
    fields: { number: count, content: text, by: text },
    key: ({ number }) => [number],
    story: ({ by, content }) => `${by} writes to the buyer: ${quoted(content)}`,
    side: 'operator',
    keep: { newest: MESSAGES_KEPT },
    text: ({ content }) => content,
  }),

  /** An operator withdraws a message. Without effect once its sending has begun. */
  operator_message_withdrawn: fact('operator_message_withdrawn', {
    fields: { number: count, by: text },
    key: ({ number }) => [number],
    story: ({ by }) => `${by} withdraws the message to the buyer`,
    side: 'operator',
    keep: { newest: MESSAGES_KEPT },
  }),

  /** A draft waits for its review, and its due time is near. */
  review_due: fact('review_due', {
    fields: { round, draft: count },
    key: (review) => [review.round, review.draft],
    story: (review) =>
      `${roundName(review.round)} waits for a review, and is due soon${draftSuffix(review.draft)}`,
    side: 'ours',
    keep: 'always',
  }),

  /**
   * An operator's verdict on a draft. `note`: what should change, or why the draft is not
   * delivered. `message`: replaces the usual message to the buyer. Files by
   * hand come with the verdict `regenerate`, and take the place of the draft.
   */
  reviewed: fact('reviewed', {
    fields: {
      round,
      draft: count,
      verdict: z.enum(VERDICTS),
      note: text,
      message: text.nullable(),
      byHand: text.optional(),
      by: text,
    },
    key: (review) => [review.round, review.draft, review.verdict],
    story: ({ by, verdict, note, byHand, ...review }) =>
      byHand !== undefined
        ? deliversByHand(by)
        : `${by} ${VERDICT_WORDS[verdict]} ${roundName(review.round)}${note === '' ? '' : `: ${quoted(note)}`}`,
    side: 'operator',
    keep: 'always',
    text: ({ note }) => (note === '' ? null : note),
  }),
};
