import { MAX_PRODUCTS } from '@fulfillment/artifacts';
import {
  type Attention,
  type Decision,
  generatedOf,
  type OrderRecord,
  type OrderRef,
  parseStepKey,
} from '@fulfillment/shared';
import { orderPath } from '../../board.ts';
import { type Html, html } from '../../page/html.ts';

type FailedStep = Attention & { stepKey: string; attempt: number };

/** The attention that files by hand would answer: a generation that failed or was stopped. */
export function byHandAttention(order: {
  decision: Pick<Decision, 'attention'>;
  record: OrderRecord;
}): FailedStep | null {
  for (const item of order.decision.attention) if (takesFiles(item, order.record)) return item;
  return null;
}

/**
 * Whether files by hand may take the place of the output that this attention is about. Output that
 * was recorded after a stop cannot be replaced: it would be delivered.
 */
export function takesFiles(item: Attention, record: OrderRecord): item is FailedStep {
  if (item.cause !== 'failed' && item.cause !== 'stopped') return false;
  const step = parseStepKey(item.stepKey);
  return step?.name === 'generate' && generatedOf(record, step.round) === undefined;
}

/** The form that takes files and URLs in place of a handler's output. */
export function byHandForm(ref: OrderRef, { key }: Attention, id: string): Html {
  return html`<details id="${id}-by-hand"><summary>Deliver by hand</summary>
    <form method="post" action="${orderPath(ref)}/by-hand" enctype="multipart/form-data">
      <input type="hidden" name="attention" value="${key}">
      <p>The files and URLs become the output of this round, at most ${MAX_PRODUCTS} of them. They are delivered at once, without a handler and without a review.</p>
      <label for="${id}-files">Files</label> <input id="${id}-files" type="file" name="files" multiple>
      <label for="${id}-urls">URLs that the buyer can open, one on each line</label>
      <textarea id="${id}-urls" name="urls" rows="2"></textarea>
      <button>Deliver these files</button>
    </form></details>`;
}
