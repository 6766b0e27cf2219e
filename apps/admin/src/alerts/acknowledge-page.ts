import type { AcknowledgeLink } from '@fulfillment/alerts';
import { type Html, html } from '../page/html.ts';

/**
 * Asks for a click. Programs that preview the links of messages open a link, and must not
 * acknowledge the alert.
 */
export function acknowledgePage({ alert, openedAt, signature }: AcknowledgeLink): Html {
  return html`<section class="panel"><header><h1>Acknowledge the alert</h1></header><div class="body">
    <p>Alert <code>${alert}</code> stops repeating, and does not go on to another channel. It sends one more message when it is over.</p>
    <form method="post" action="/alerts/acknowledge-by-link">
      <input type="hidden" name="alert" value="${alert}"><input type="hidden" name="openedAt" value="${openedAt}">
      <input type="hidden" name="signature" value="${signature}"><button>Acknowledge</button></form></div></section>`;
}

/** The outcome of an acknowledgement. */
export const ACKNOWLEDGED = {
  acknowledged: 'The alert is acknowledged.',
  again: 'The alert was acknowledged before.',
  over: 'The alert is over. There is nothing to acknowledge.',
} as const;

/** The page after the click. */
export function acknowledgedPage(outcome: keyof typeof ACKNOWLEDGED): Html {
  return html`<section class="panel"><header><h1>${ACKNOWLEDGED[outcome]}</h1></header></section>`;
}
