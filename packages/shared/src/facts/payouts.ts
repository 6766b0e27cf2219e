import { z } from 'zod';
import { fact } from './define-fact.ts';
import { count, quoted, text } from './fields.ts';

/** The marketplace's possible answers to a request to retry a payout. */
export const PAYOUT_RETRY_OUTCOMES = ['accepted', 'already_paid', 'no_wallet', 'rejected'] as const;

/** Our share of the price on its way to our wallet. */
export const PAYOUT_FACTS = {
  payout: fact('payout', {
    fields: {
      outcome: z.enum(['sent', 'failed']),
      amountUsd: text.nullable(),
      chain: text.nullable(),
      txHash: text.nullable(),
      reason: text.nullable(),
    },
    key: ({ outcome, reason }) => [outcome, reason === null ? undefined : 'with_reason'],
    story: ({ outcome, amountUsd, reason }) =>
      outcome === 'sent'
        ? `payout sent: $${amountUsd ?? '?'}`
        : `payout failed: ${reason === null ? 'no reason given' : quoted(reason)}`,
    side: 'marketplace',
    keep: 'always',
    text: ({ reason }) => reason,
    isTrouble: ({ outcome }) => outcome === 'failed',
  }),

  /** An operator asked us to have the payout retried. `index` counts these requests. */
  payout_retry_asked: fact('payout_retry_asked', {
    fields: { index: count, by: text },
    key: ({ index }) => [index],
    story: ({ by }) => `${by} asks Atelier to retry the payout`,
    side: 'operator',
    keep: 'always',
  }),

  /** The marketplace's answer. `reason`: in its words, or empty if the marketplace accepted. */
  payout_retry_answered: fact('payout_retry_answered', {
    fields: { index: count, outcome: z.enum(PAYOUT_RETRY_OUTCOMES), reason: text },
    key: ({ index }) => [index],
    story: ({ outcome, reason }) =>
      outcome === 'accepted'
        ? 'Atelier retries the payout'
        : `Atelier does not retry the payout: ${quoted(reason)}`,
    side: 'marketplace',
    keep: 'always',
    text: ({ reason }) => (reason === '' ? null : reason),
  }),
};
