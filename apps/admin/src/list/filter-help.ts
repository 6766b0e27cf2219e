import { type Html, html } from '../page/html.ts';

const EXAMPLES = [
  ['lighthouse', 'text in the brief, the buyer, the service or the order id'],
  ['"mountain tea"', 'words in this order'],
  ['is:late', 'also open, unread, waiting, urgent, disputed, refunded, in-review, paid-out, cost-unknown'],
  ['due:<4h', 'due within four hours. Also created, paid, delivered, completed, updated'],
  ['paid:2026-11', 'paid in a month, on a day or in a year'],
  ['price:>50', 'also net, cost, margin'],
  ['handler:copy', 'also agent, service, buyer, order'],
  ['handler:=copy', 'exactly this name'],
  ['-is:finished', 'a minus excludes'],
] as const;

/** What a search can say, for people who see it for the first time. */
export function filterHelp(isOpen = false): Html {
  return html`<details id="filter-help"${isOpen && html` open`}><summary>What can I search for?</summary>
    <section class="panel"><div class="table-box"><table>
      <thead><tr><th>Write</th><th>To find</th></tr></thead>
      <tbody>${EXAMPLES.map(([example, meaning]) => html`<tr><td><a href="/orders?q=${encodeURIComponent(example)}"><code>${example}</code></a></td><td>${meaning}</td></tr>`)}</tbody>
    </table></div></section>
  </details>`;
}
