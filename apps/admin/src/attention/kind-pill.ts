import type { AttentionRow } from '@fulfillment/ledger';
import { type Html, html } from '../page/html.ts';

const KINDS: Record<AttentionRow['kind'], [label: string, tone: 'bad' | 'warn' | 'info' | 'mute']> = {
  failed: ['Failed', 'bad'],
  declined: ['Declined', 'warn'],
  held_round: ['Your decision', 'warn'],
  review: ['Review', 'warn'],
  dispute: ['Dispute', 'bad'],
  payout: ['Payout', 'bad'],
  access: ['Access', 'bad'],
  delay: ['Delay', 'warn'],
  status: ['Unclear', 'warn'],
  unread: ['Buyer wrote', 'info'],
  unclassified: ['Other', 'mute'],
};

/** The kind of an attention, in a word. */
export function kindPill(kind: AttentionRow['kind']): Html {
  const [label, tone] = KINDS[kind];
  return html`<span class="pill ${tone}">${label}</span>`;
}
