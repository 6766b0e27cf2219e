import { type Attention, type Decision, type OrderRef, parseStepKey } from '@fulfillment/shared';
import { orderPath } from '../../board.ts';
import { type Html, html } from '../../page/html.ts';

type FailedStep = Attention & { stepKey: string; attempt: number };

/** The attention that files by hand would answer: a generation that failed or was stopped. */
export function byHandAttention({ attention }: Pick<Decision, 'attention'>): FailedStep | null {
  for (const item of attention) if (takesFiles(item)) return item;
  return null;
}

/** Whether files by hand may take the place of the output that this attention is about. */
export function takesFiles(item: Attention): item is FailedStep {
  return (
    (item.cause === 'failed' || item.cause === 'stopped') && parseStepKey(item.stepKey)?.name === 'generate'
  );
}

/** The form that takes files and URLs in place of a handler's output. */
export function byHandForm(ref: OrderRef, { key }: Attention, id: string): Html {
  return html`<details id="${id}-by-hand"><summary>Deliver by hand</summary>
    <form method="post" action="${orderPath(ref)}/by-hand" enctype="multipart/form-data">
      <input type="hidden" name="attention" value="${key}">
      <p>The files and URLs become the output of this round, and are delivered at once. No handler is called.</p>
      <label for="${id}-files">Files</label> <input id="${id}-files" type="file" name="files" multiple>
      <label for="${id}-urls">URLs that the buyer can open, one on each line</label>
      <textarea id="${id}-urls" name="urls" rows="2"></textarea>
      <button>Deliver these files</button>
    </form></details>`;
}
