import {
  type Attention,
  type AttentionAction,
  type OrderRecord,
  parseStepKey,
  type Round,
} from '@fulfillment/shared';
import { orderPath } from '../board.ts';
import { confirmation } from '../page/confirmation.ts';
import { elementId } from '../page/element-id.ts';
import { type Html, html } from '../page/html.ts';
import { textBlock } from '../page/untrusted.ts';
import { ACTION_LABELS, NOTE_LENGTH } from './actions.ts';
import { byHandForm } from './by-hand/by-hand-form.ts';
import { filesTakenBy } from './by-hand/files-taken.ts';
import { consequenceOf, retryOf } from './consequences.ts';
import { draftSection, type ReviewView, verdictForms } from './drafts/review-section.ts';
import { briefOf } from './snapshot-section.ts';

interface AttentionView extends ReviewView {
  mayAct: boolean;
}

/** A reason why the order waits for a human, with the possible actions. */
export function attentionSection(view: AttentionView, item: Attention): Html {
  const id = elementId('attention', item.key);
  const taken = view.mayAct ? filesTakenBy(item, view.record) : null;
  return html`<section class="panel" id="${id}" data-attention="${item.key}">
    <header><span class="pill warn">Needs you</span><h2>This order waits for you</h2></header>
    <div class="body">
    ${textBlock(`${id}-reason`, item.reason)}
    ${item.kind === 'review' && draftBesideBrief(view, item.round)}
    ${view.mayAct && (item.kind === 'review' ? verdictForms(view, item, id) : actionForm(view, item, id))}
    ${taken !== null && byHandForm(view.ref, taken, id)}
    </div>
  </section>`;
}

/** A draft, with the brief that it must fulfil. */
function draftBesideBrief(view: AttentionView, round: Round): Html {
  const { snapshot } = view.record;
  return html`<div class="beside"><div>${draftSection(view, round)}</div>
    ${snapshot !== null && html`<div><h3>Brief</h3>${briefOf(snapshot)}</div>`}</div>`;
}

function actionForm({ ref, record }: AttentionView, item: Attention, id: string): Html {
  return html`<form class="actions" method="post" action="${orderPath(ref)}/actions">
    <input type="hidden" name="attention" value="${item.key}">
    ${leadsToGeneration(item) && noteField(`${id}-note`)}
    ${item.actions.map((action, at) => {
      const [label, consequence] = [labelOf(item, action, record), consequenceOf(item, action, record)];
      const isMain = at === 0;
      if (consequence === null)
        return html`<button${isMain && html` class="primary"`} name="action" value="${action}">${label}</button>`;
      return confirmation(
        { id: `${id}-${action}`, label, isMain },
        html`<p>${consequence}</p><button class="danger" name="action" value="${action}">${label}</button>`,
      );
    })}
  </form>`;
}

function noteField(id: string): Html {
  return html`<label for="${id}">Note for the handler, if it needs one
    <textarea id="${id}" name="note" rows="2" maxlength="${NOTE_LENGTH}"></textarea></label>`;
}

/** Whether an action on it makes a handler generate, so that the handler can receive a note. */
function leadsToGeneration(item: Attention): boolean {
  if (item.actions.includes('retry') && 'stepKey' in item)
    return parseStepKey(item.stepKey)?.name === 'generate';
  return item.actions.includes('release');
}

/** What a release of a round does. */
const RELEASE_LABELS: { readonly [C in Attention['cause']]?: string } = {
  brief_declined: 'Generate anyway',
  no_brief: 'Go on without a brief',
  quote_expired: 'Generate and deliver for that price',
  service_unknown: 'Go on without the service',
  beyond_max_revisions: 'Generate and deliver',
  no_feedback: 'Generate without the answer',
  disputed: 'Generate and deliver again',
};

/** The button's text: what happens if it is pressed. */
function labelOf(item: Attention, action: AttentionAction, record: OrderRecord): string {
  if (action === 'release') return RELEASE_LABELS[item.cause] ?? ACTION_LABELS.release;
  const retry = action === 'retry' && 'stepKey' in item ? retryOf(item.stepKey, record) : null;
  return retry?.label ?? ACTION_LABELS[action];
}
