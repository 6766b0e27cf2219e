import { type Html, html } from './html.ts';

interface Confirmation {
  /** Unique on the page, so that a refresh keeps the open confirmation open. */
  id: string;
  /** The name of the action. */
  label: string;
  /** Whether the action is the first one that an operator should consider. */
  isMain: boolean;
}

/**
 * An action that nobody can undo. The first press shows the consequence and the button that acts.
 * The page needs no script for it.
 */
export function confirmation({ id, label, isMain }: Confirmation, content: Html): Html {
  return html`<details class="confirm" id="${id}"><summary class="button${isMain && ' primary'}">${label}…</summary>
    ${content}</details>`;
}
