import { MAX_PRODUCTS } from '@fulfillment/artifacts';
import type { OrderRef } from '@fulfillment/shared';
import { orderPath } from '../../board.ts';
import { type Html, html } from '../../page/html.ts';
import type { FilesTaken } from './files-taken.ts';

/** What the files of each action take the place of. */
const IN_PLACE_OF: Record<FilesTaken['action'], string> = {
  retry: 'The files and URLs become the output of this round',
  release: 'The files and URLs become the output of this round',
  regenerate: 'The files and URLs take the place of this draft',
};

/** The form that takes files and URLs in place of a handler's output. */
export function byHandForm(ref: OrderRef, { item, action }: FilesTaken, id: string): Html {
  return html`<details id="${id}-by-hand"><summary>Deliver by hand</summary>
    <form class="verdict" method="post" action="${orderPath(ref)}/by-hand" enctype="multipart/form-data">
      <input type="hidden" name="attention" value="${item.key}">
      <p>${IN_PLACE_OF[action]}, at most ${MAX_PRODUCTS} of them. They are delivered at once, without a handler and without a review.</p>
      <label for="${id}-files">Files</label> <input id="${id}-files" type="file" name="files" multiple>
      <label for="${id}-urls">URLs that the buyer can open, one on each line</label>
      <textarea id="${id}-urls" name="urls" rows="2"></textarea>
      <button>Deliver these files</button>
    </form></details>`;
}
