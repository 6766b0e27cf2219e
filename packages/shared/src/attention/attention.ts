import { z } from 'zod';
import { attentionName, sentenceStart } from '../text/labels.ts';
import { type AttentionAction, attentionActions } from './attention-actions.ts';
import { attentionKey } from './attention-key.ts';
import { attentionReason } from './attention-text.ts';
import { attentionTitle } from './attention-title.ts';
import { type AttentionDetails, attentionDetailsSchema } from './details.ts';

/** What follows from the cause of an attention. */
interface Derived {
  /** Identifies the attention. The same cause keeps the same key. */
  key: string;
  /** The attention in a few words, equal for all orders with the same trouble. */
  title: string;
  /** What happened, and what the operator can do about it. Untrusted text. */
  reason: string;
  actions: readonly AttentionAction[];
}

/** Something about an order that waits for a human. */
export type Attention = AttentionDetails & Derived;

/** Completes the details of an attention with its key, texts and actions. */
export function raise(details: AttentionDetails): Attention {
  return {
    ...details,
    key: attentionKey(details),
    title: attentionTitle(details),
    reason: attentionReason(details),
    actions: attentionActions(details.cause),
  };
}

/** A stored attention without the details that this version knows. It offers no action. */
export interface UnclassifiedAttention extends Derived {
  kind: 'unclassified';
  cause: 'unclassified';
}

const otherVersionSchema = z.object({ key: z.string(), reason: z.string() });

/**
 * Reads an attention that this or another version of the product stored.
 * @returns null when the value is damaged.
 */
export function readAttention(stored: unknown): Attention | UnclassifiedAttention | null {
  const details = attentionDetailsSchema.safeParse(stored);
  if (details.success) return raise(details.data);
  const other = otherVersionSchema.safeParse(stored);
  if (!other.success) return null;
  const { key, reason } = other.data;
  const title = sentenceStart(attentionName(key));
  return { kind: 'unclassified', cause: 'unclassified', key, title, reason, actions: [] };
}
