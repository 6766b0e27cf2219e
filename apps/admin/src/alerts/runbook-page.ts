import { ALERT_KIND_NAMES, ALERT_KINDS } from '@fulfillment/shared';
import { type Html, html } from '../page/html.ts';

/** What each kind of alert means, and what to do. Messages link to it. */
export function runbookPage(): Html {
  return html`<div class="page-head"><h1>What each alert means</h1></div>
    ${ALERT_KIND_NAMES.map((kind) => {
      const { title, severity, meaning, advice } = ALERT_KINDS[kind];
      return html`<section class="panel" id="${kind}"><header><h2>${title}</h2><span class="pill">${severity}</span><code>${kind}</code></header>
        <div class="body"><p>${meaning}</p><p><strong>What to do:</strong> ${advice}</p></div></section>`;
    })}`;
}
