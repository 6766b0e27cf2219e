import { withoutSecrets } from '@fulfillment/platform';
import { cutText } from '@fulfillment/shared';
import { type Html, html } from './html.ts';

/**
 * Texts that strangers wrote: buyers, generators, the errors of other programs. We show them as
 * text, without anything that looks like a secret.
 */

/** The page folds a text longer than this, in UTF-16 units. */
const LONG = 600;

/**
 * A short text inside a line. Its writing direction and invisible characters cannot reorder the
 * text around it.
 */
export function inline(text: string): Html {
  return html`<bdi>${withoutSecrets(text)}</bdi>`;
}

/**
 * A text as a paragraph. It keeps its lines, and is folded when long. `id` is unique on the page.
 */
export function textBlock(id: string, given: string): Html {
  const text = withoutSecrets(given);
  if (text.length <= LONG) return html`<p class="text" dir="auto">${text}</p>`;
  return html`<details id="${id}">
    <summary><bdi>${cutText(text, LONG / 4)}…</bdi> <small>${text.length.toLocaleString('en-US')} characters, show all</small></summary>
    <p class="text" dir="auto">${text}</p>
  </details>`;
}

/**
 * A link to another site. A URL that is not http(s) is shown as text, so that a click runs nothing.
 */
export function externalLink(url: string): Html {
  return isHttpUrl(url)
    ? html`<a class="url" href="${url}" rel="noopener noreferrer nofollow" target="_blank"><bdi>${url}</bdi></a>`
    : html`<span class="url"><bdi>${url}</bdi> <small>(not a web address)</small></span>`;
}

function isHttpUrl(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && (parsed.protocol === 'https:' || parsed.protocol === 'http:');
}
