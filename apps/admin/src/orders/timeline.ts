import { withoutSecrets } from '@fulfillment/platform';
import { type Deliverable, describeFact, type Fact, type Recorded } from '@fulfillment/shared';
import { duration, utc } from '../page/format.ts';
import { type Html, html } from '../page/html.ts';
import { externalLink, inline, textBlock } from '../page/untrusted.ts';

/** What happened to an order, the oldest first, each with its time and how long after the one before it. */
export function timeline(facts: readonly Recorded[]): Html {
  if (facts.length === 0) return html`<p class="empty">Nothing has happened yet.</p>`;
  return html`<ol class="timeline">${facts.map((fact, index) => entry(fact, facts[index - 1], index))}</ol>`;
}

function entry(fact: Recorded, previous: Recorded | undefined, index: number): Html {
  const sentence = describeFact(fact);
  const text = textOf(fact);
  return html`<li class="${sideOf(fact)}">
    <time datetime="${new Date(fact.at).toISOString()}">${utc(fact.at)}</time>
    <span class="gap">${previous !== undefined && `+${duration(fact.at - previous.at)}`}</span>
    <div>
      <p>${inline(sentence)} <small class="type">${fact.type}</small></p>
      ${fact.type === 'try_failed' && stackDetails(`stack-${index}`, fact.stack)}
      ${text !== null && !sentence.includes(text) && textBlock(`fact-${index}`, text)}
      ${deliverablesOf(fact).map(({ url, mediaType }) => html`<p>${mediaType} ${externalLink(url)}</p>`)}
    </div>
  </li>`;
}

/** Where a handler's error came from, for whoever wrote the handler. */
function stackDetails(id: string, stack: string): Html {
  return html`<details id="${id}"><summary>Stack of the error</summary>
    <pre class="text stack" tabindex="0" dir="ltr">${withoutSecrets(stack)}</pre>
  </details>`;
}

/** A sentence quotes only the beginning of a text; this is the whole, where that may be more. */
function textOf(fact: Fact): string | null {
  switch (fact.type) {
    case 'revision_requested':
      return fact.feedback;
    case 'buyer_message':
    case 'answer_found':
    case 'message_intended':
      return fact.content;
    case 'dispute_opened':
    case 'refused':
      return fact.reason;
    case 'reviewed':
      return fact.note === '' ? null : fact.note;
    default:
      return null;
  }
}

function deliverablesOf(fact: Fact): Deliverable[] {
  switch (fact.type) {
    case 'delivered':
    case 'delivery_intended':
      return fact.deliverables;
    case 'generated':
      return fact.products.flatMap(({ url, mediaType }) => (url === undefined ? [] : [{ url, mediaType }]));
    default:
      return [];
  }
}

/** Whose doing it was, for the colour of its mark. */
function sideOf(fact: Fact): 'theirs' | 'ours' | 'operator' | 'bad' {
  if (fact.type.startsWith('operator_') || fact.type === 'reviewed') return 'operator';
  switch (fact.type) {
    case 'failed':
    case 'try_failed':
    case 'refused':
    case 'dispute_opened':
    case 'message_dropped':
      return 'bad';
    case 'payout':
      return fact.outcome === 'failed' ? 'bad' : 'theirs';
    case 'seen':
    case 'heard':
    case 'revision_requested':
    case 'buyer_message':
    case 'bounty_accepted':
    case 'answer_found':
    case 'completed':
      return 'theirs';
    default:
      return 'ours';
  }
}
