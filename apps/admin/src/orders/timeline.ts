import { withoutSecrets } from '@fulfillment/platform';
import { type Deliverable, type Fact, type Recorded, rulesOf, sentenceStart } from '@fulfillment/shared';
import { duration } from '../page/format.ts';
import { type Html, html } from '../page/html.ts';
import { pointInTime } from '../page/times.ts';
import { externalLink, inline, textBlock } from '../page/untrusted.ts';

/**
 * The history of an order, oldest first: each fact with its time and its distance from the fact
 * before.
 */
export function timeline(facts: readonly Recorded[]): Html {
  if (facts.length === 0) return html`<p class="none">Nothing has happened yet.</p>`;
  return html`<ol class="timeline">${facts.map((fact, index) => entry(fact, facts[index - 1], index))}</ol>`;
}

function entry(fact: Recorded, previous: Recorded | undefined, index: number): Html {
  const rules = rulesOf(fact.type);
  const sentence = sentenceStart(rules.story(fact));
  const text = rules.text?.(fact) ?? null;
  return html`<li class="${markOf(fact)}" data-type="${fact.type}">
    ${pointInTime(fact.at)}
    <span class="gap">${previous !== undefined && `+${duration(fact.at - previous.at)}`}</span>
    <div>
      <p>${inline(sentence)}</p>
      ${'stack' in fact && stackDetails(`stack-${index}`, fact.stack)}
      ${text !== null && !sentence.includes(text) && textBlock(`fact-${index}`, text)}
      ${deliverablesOf(fact).map(({ url, mediaType }) => html`<p>${mediaType} ${externalLink(url)}</p>`)}
    </div>
  </li>`;
}

/** The facts as the record holds them, for a question that the sentences leave open. */
export function rawFacts(facts: readonly Recorded[]): Html {
  const lines = facts.map((fact) => JSON.stringify(fact)).join('\n');
  return html`<details id="raw-facts"><summary>Facts as stored</summary>
    <pre class="text stack" tabindex="0" dir="ltr">${withoutSecrets(lines)}</pre>
  </details>`;
}

/** The stack of a handler's error, for the handler's author. */
function stackDetails(id: string, stack: string): Html {
  return html`<details id="${id}"><summary>Stack of the error</summary>
    <pre class="text stack" tabindex="0" dir="ltr">${withoutSecrets(stack)}</pre>
  </details>`;
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

/** Who caused the fact, or that it is trouble, for the colour of its mark. */
function markOf(fact: Fact): 'theirs' | 'ours' | 'operator' | 'bad' {
  const { side, isTrouble } = rulesOf(fact.type);
  if (isTrouble?.(fact)) return 'bad';
  return side === 'buyer' || side === 'marketplace' ? 'theirs' : side;
}
