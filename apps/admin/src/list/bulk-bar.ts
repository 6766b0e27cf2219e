import type { OrderCount } from '@fulfillment/ledger';
import { BULK_ACTIONS, BULK_LABELS } from '../bulk/bulk-action.ts';
import { type Html, html } from '../page/html.ts';

/**
 * The actions on selected orders. A script shows the bar once something is selected. Each button
 * leads to a preview, which changes nothing.
 */
export function bulkBar({ count, isExact }: OrderCount): Html {
  return html`<div class="bulk" data-bulk-bar>
    <b data-selected-count role="status">Select orders to act on them</b>
    ${BULK_ACTIONS.map((action) => html`<button class="small" name="action" value="${action}">${BULK_LABELS[action]}</button>`)}
    <label class="nowrap"><input type="checkbox" name="all" value="yes" data-select-matching>
      All ${isExact ? count : `${count} or more`} that match</label>
    <button class="small" type="button" data-select-none>Clear</button>
  </div>`;
}
