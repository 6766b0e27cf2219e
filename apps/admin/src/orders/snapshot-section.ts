import { withoutSecrets } from '@fulfillment/platform';
import {
  buyerLabel,
  factOf,
  type OrderRecord,
  type OrderSnapshot,
  statusNow,
  words,
} from '@fulfillment/shared';
import { type Html, type HtmlValue, html } from '../page/html.ts';
import { distance, pointInTime } from '../page/times.ts';
import { externalLink, inline, textBlock } from '../page/untrusted.ts';

/** The marketplace's last view of the order. All of its texts come from strangers. */
export function snapshotSection(record: OrderRecord, now: number): Html {
  const order = record.snapshot;
  if (order === null) {
    return html`<section class="panel"><header><h2>Order</h2></header>
      <p class="empty">Not seen on the marketplace yet: only a webhook named the order.</p></section>`;
  }
  return html`<section class="panel">
    <header><h2>Order</h2><span class="muted">read ${distance(record.observedAt, now)}</span></header>
    <div class="body">
    ${order.problems.length > 0 && html`<p class="problem">${order.problems.join('; ')}</p>`}
    <dl class="fields">${[...fieldsOf(record, order), ...serviceFields(record)].map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    </div>
  </section>`;
}

/** The buyer's request, in a panel of its own. */
export function briefSection({ snapshot: order }: OrderRecord): Html | false {
  return (
    order !== null &&
    html`<section class="panel"><header><h2>Brief</h2></header><div class="body">${briefOf(order)}</div></section>`
  );
}

/** The buyer's request. All of it is text of strangers. */
export function briefOf(order: OrderSnapshot): Html {
  return html`
    ${order.brief === '' ? html`<p class="none">None.</p>` : textBlock('brief', order.brief)}
    ${order.briefEnglish !== null && order.briefEnglish !== order.brief && html`<h3>Brief in English <small>by the marketplace</small></h3>${textBlock('brief-english', order.briefEnglish)}`}
    ${structuredBrief(order.briefSpec)}
    ${requirements(order)}
    ${references(order)}`;
}

function fieldsOf(record: OrderRecord, order: OrderSnapshot): [string, HtmlValue][] {
  const times: [string, number | null][] = [
    ['Created', order.createdAt],
    ['Workspace ends', order.workspaceExpiresAt],
    ['Delivered', order.deliveredAt],
    ['Review ends', order.reviewDeadline],
    ['Completed', order.completedAt],
  ];
  const fields: [string, HtmlValue][] = [
    ['Status', inline(words(statusNow(record)?.raw ?? order.rawStatus))],
    ['Buyer', inlineOr(buyerLabel(order))],
    ['Kind of buyer', inlineOr(order.clientType && words(order.clientType))],
    ['Revisions', `${order.revisionCount} of ${order.maxRevisions} included`],
    ['Bounty', order.bountyId !== null && inline(order.bountyId)],
    ['Payout', order.payoutTxHash !== null && inline(order.payoutTxHash)],
    ...times.map(([name, at]): [string, HtmlValue] => [name, at !== null && pointInTime(at)]),
  ];
  return fields.filter(([, value]) => value !== false);
}

function serviceFields(record: OrderRecord): [string, HtmlValue][] {
  const { service, turnaroundHours } = record;
  const fields: [string, HtmlValue][] = [
    ['Category', service?.category != null && inline(words(service.category))],
    ['Priced', service?.priceType != null && inline(words(service.priceType))],
    ['Turnaround', turnaroundHours !== null && `${turnaroundHours} h`],
    ['Quota', quotaText(record)],
    ['Review', reviewText(record)],
  ];
  return fields.filter(([, value]) => value !== false);
}

/** The quota of the order itself. The service's quota may have changed since the purchase. */
function quotaText({ snapshot, service }: OrderRecord): HtmlValue {
  const total = snapshot?.quotaTotal ?? service?.quota ?? null;
  if (total === null) return false;
  const used = snapshot?.quotaUsed ?? null;
  return used === null ? `${total} deliveries` : `${used} of ${total} used`;
}

function reviewText(record: OrderRecord): HtmlValue {
  const review = factOf(record, 'buyer_review');
  if (review === undefined) return false;
  return html`${review.rating ?? '–'} of 5${review.comment !== null && html` ${inline(review.comment)}`}`;
}

function inlineOr(text: string | null): HtmlValue {
  return text !== null && inline(text);
}

/** The marketplace's structured form of the brief, as JSON. */
function structuredBrief(spec: unknown): Html | false {
  if (spec === null || spec === undefined) return false;
  return html`<details id="brief-spec"><summary>Structured brief <small>by the marketplace</small></summary>
    <pre class="text stack" tabindex="0" dir="auto">${withoutSecrets(JSON.stringify(spec, null, 2))}</pre>
  </details>`;
}

function requirements(order: OrderSnapshot): Html | false {
  const answers = Object.entries(order.requirementAnswers);
  if (answers.length === 0) return false;
  return html`<h3>Requirement answers</h3>${answers.map(
    ([question, answer], index) => html`<h4>${inline(question)}</h4>
      ${textBlock(`answer-${index}`, typeof answer === 'string' ? answer : JSON.stringify(answer, null, 2))}`,
  )}`;
}

function references(order: OrderSnapshot): Html | false {
  const urls = [...order.referenceUrls, ...order.referenceImages];
  if (urls.length === 0) return false;
  return html`<h3>References <small>from the buyer, not checked</small></h3>
    <ul>${urls.map((url) => html`<li>${externalLink(url)}</li>`)}</ul>`;
}
