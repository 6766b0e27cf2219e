import type { Decision } from '@fulfillment/shared';
import { type Html, html } from '../page/html.ts';

type Stage = Decision['stage'];
type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'mute';

/** What a stage means for the operator, in plain words. */
const STAGE_WORDS: Record<Stage, [words: string, tone: Tone]> = {
  unseen: ['New', 'mute'],
  awaiting_service: ['Reading the service', 'mute'],
  pricing: ['Pricing', 'info'],
  quoting: ['Sending the quote', 'info'],
  awaiting_payment: ['Awaiting payment', 'mute'],
  generating: ['Generating', 'info'],
  publishing: ['Uploading', 'info'],
  delivering: ['Delivering', 'info'],
  asking_buyer: ['Buyer’s turn', 'mute'],
  in_review: ['With the buyer', 'ok'],
  held: ['Needs you', 'warn'],
  completed: ['Completed', 'ok'],
  cancelled: ['Cancelled', 'mute'],
  not_ours: ['Of another agent', 'mute'],
};

/** The stage of an order as a pill. */
export function stagePill(stage: Stage): Html {
  const [text, tone] = STAGE_WORDS[stage];
  return html`<span class="pill ${tone}">${text}</span>`;
}
