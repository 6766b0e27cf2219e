import {
  type Attention,
  deliveryMessageKind,
  generatedOf,
  messageStep,
  messageText,
  type OrderRecord,
  type OrderRef,
  type Policy,
  type Product,
} from '@fulfillment/shared';
import { orderPath } from '../../board.ts';
import { confirmation } from '../../page/confirmation.ts';
import { type Html, html } from '../../page/html.ts';
import { externalLink, inline, textBlock } from '../../page/untrusted.ts';
import { ACTION_LABELS } from '../actions.ts';
import { VERDICT_CONSEQUENCES } from '../consequences.ts';
import { IMAGES } from './artifact-routes.ts';
import type { DraftTexts } from './draft-texts.ts';

export interface ReviewView {
  ref: OrderRef;
  record: OrderRecord;
  policy: Policy;
  texts: DraftTexts;
}

/** The files of the current draft of a round. False: the round has none. */
export function draftSection(
  { ref, record, texts }: Pick<ReviewView, 'ref' | 'record' | 'texts'>,
  round: string,
): Html | false {
  const generated = generatedOf(record, round);
  if (generated === undefined) return false;
  const folder = `${orderPath(ref)}/drafts/${round}/${generated.draft}`;
  const files = generated.products.filter(({ artifact }) => artifact !== undefined).length;
  return html`${files > 1 && html`<p><a href="${orderPath(ref)}/drafts/${round}/files.zip">Download all ${files} files</a></p>`}
    <div class="draft">${generated.products.map(
      (product, index) =>
        html`<figure>${shown(product, `${folder}/${index}`)}${beginning(texts, product, index)}</figure>`,
    )}</div>`;
}

/** The first lines of a text. */
function beginning(texts: DraftTexts, { artifact }: Product, index: number): Html | false {
  const text = artifact && texts.get(artifact.path);
  return (
    text !== undefined &&
    html`<div class="excerpt" tabindex="0" role="region" aria-label="Beginning of file ${index + 1}">${textBlock(`draft-${index}`, text)}</div>`
  );
}

function shown({ artifact, url, mediaType }: Product, path: string): Html {
  if (artifact === undefined) return html`<p>${mediaType} ${url !== undefined && externalLink(url)}</p>`;
  const { fileName, contentType, bytes } = artifact;
  const isImage = IMAGES.test(contentType);
  return html`${isImage && html`<a href="${path}" target="_blank" rel="noopener"><img src="${path}?thumbnail" alt="${fileName}" loading="lazy" decoding="async" width="352" height="264"></a>`}
    <figcaption>${mediaType} ${inline(fileName)} <small>${contentType}, ${bytes.toLocaleString('en-US')} bytes</small>
      ${!isImage && html`<a href="${path}" target="_blank" rel="noopener">Open</a>`}
      <a href="${path}?download=yes">Download</a></figcaption>`;
}

/**
 * Approve with the message to the buyer, regenerate with a note, or decline to deliver with a
 * reason. Nobody can undo a verdict, so its form appears with its consequence after a first press.
 */
export function verdictForms(
  { ref, record, policy }: ReviewView,
  item: Extract<Attention, { kind: 'review' }>,
  id: string,
): Html {
  const { round } = item;
  const action = `${orderPath(ref)}/actions`;
  const message = messageText(record, policy, { kind: deliveryMessageKind(round), round });
  const willBeSent = messageStep(record, policy, { kind: 'refused', round }).length > 0;
  const form = (verdict: 'approve' | 'regenerate' | 'refuse', consequence: string, field: Html | false) => {
    const label = ACTION_LABELS[verdict];
    return (
      item.actions.includes(verdict) &&
      confirmation(
        { id: `${id}-${verdict}`, label, isMain: verdict === 'approve' },
        html`<form class="verdict" method="post" action="${action}">
      <input type="hidden" name="attention" value="${item.key}">
      ${field}
      <p>${consequence}</p>
      <button class="${verdict === 'approve' ? 'primary' : 'danger'}" name="action" value="${verdict}">${label}</button>
    </form>`,
      )
    );
  };
  const { approve, regenerate, refuse, refuseWithMessage } = VERDICT_CONSEQUENCES;
  return html`<div class="actions">${form(
    'approve',
    approve,
    message !== null &&
      html`<label>Message to the buyer<textarea name="message" rows="3" maxlength="2000">${message}</textarea></label>`,
  )}
  ${form(
    'regenerate',
    regenerate,
    html`<label>What should change<textarea name="note" rows="3" maxlength="4000" required></textarea></label>`,
  )}
  ${form(
    'refuse',
    willBeSent ? refuseWithMessage : refuse,
    html`<label>Why you decline to deliver${willBeSent && ' (the buyer reads this)'}<textarea name="note" rows="2" maxlength="4000" required></textarea></label>`,
  )}</div>`;
}
