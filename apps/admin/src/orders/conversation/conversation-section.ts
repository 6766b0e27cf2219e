import {
  acceptsMessages,
  factsOf,
  MAX_MESSAGE_UNITS,
  messageName,
  nextReplyNumber,
  type OrderRecord,
  type Reply,
  repliesOf,
  sentenceStart,
} from '@fulfillment/shared';
import { orderPath } from '../../board.ts';
import { type Html, html } from '../../page/html.ts';
import { distance, pointInTime } from '../../page/times.ts';
import { inline, textBlock } from '../../page/untrusted.ts';
import type { FoundOrder } from '../find-order.ts';
import type { OrderJob } from '../order-jobs.ts';

interface Conversation extends FoundOrder {
  jobs: readonly OrderJob[];
  mayAct: boolean;
}

/** A message of the conversation. */
interface Line {
  id: string;
  /** When it was written, in ms since the epoch. */
  at: number;
  from: 'buyer' | 'operator' | 'system';
  sender: string;
  content: string;
  /** What became of it, and what the operator can do about it. */
  state: Html | false;
}

/** The messages between buyer and seller, the oldest first, and the box for a reply. */
export function conversationSection(order: Conversation): Html | false {
  const lines = linesOf(order).toSorted((a, b) => a.at - b.at);
  const { record } = order;
  const mayWrite = order.mayAct && record.snapshot !== null && acceptsMessages(record.snapshot.status);
  if (lines.length === 0 && !mayWrite) return false;
  return html`<section class="panel" id="conversation"><header><h2>Conversation</h2></header><div class="body">
    ${lines.length === 0 ? html`<p class="none">No message yet.</p>` : html`<ol class="messages">${lines.map(line)}</ol>`}
    ${mayWrite && replyForm(order)}</div></section>`;
}

function line({ id, at, from, sender, content, state }: Line): Html {
  return html`<li class="message ${from}" id="message-${id}"><p class="muted"><b>${inline(sender)}</b> ${pointInTime(at)}</p>
    ${textBlock(`text-${id}`, content)}${state}</li>`;
}

function replyForm({ ref, record }: Conversation): Html {
  return html`<form class="reply" id="reply" method="post" action="${orderPath(ref)}/messages">
    <input type="hidden" name="number" value="${nextReplyNumber(record)}">
    <label>Reply to the buyer<textarea name="content" rows="3" maxlength="${MAX_MESSAGE_UNITS}" required data-counted></textarea></label>
    <button class="primary">Send</button>
  </form>`;
}

function linesOf(order: Conversation): Line[] {
  const { record } = order;
  const received = factsOf(record, 'buyer_message').map(
    (fact, index): Line => ({
      id: `buyer-${index}`,
      at: fact.sentAt ?? fact.at,
      from: 'buyer',
      sender: fact.senderName ?? 'Buyer',
      content: fact.content,
      state: false,
    }),
  );
  const onAtelier = factsOf(record, 'seller_message').map(
    (fact, index): Line => ({
      id: `seller-${index}`,
      at: fact.sentAt ?? fact.at,
      from: 'operator',
      sender: 'Operator on Atelier',
      content: fact.content,
      state: false,
    }),
  );
  const replies = repliesOf(record).map(
    (reply): Line => ({
      id: `reply-${reply.number}`,
      at: reply.at,
      from: 'operator',
      sender: reply.by,
      content: reply.content,
      state: replyState(order, reply),
    }),
  );
  return [...received, ...onAtelier, ...automatic(record), ...replies];
}

/** The messages that the product wrote on its own. */
function automatic(record: OrderRecord): Line[] {
  return factsOf(record, 'message_intended').flatMap((message) => {
    const { kind, round } = message;
    if (kind === 'reply') return [];
    const isThis = (fact: { kind: string; round: string }) => fact.kind === kind && fact.round === round;
    const sent = factsOf(record, 'message_sent').find(isThis);
    const dropped = factsOf(record, 'message_dropped').find(isThis);
    const state = dropped === undefined ? 'being sent' : `given up: ${dropped.reason}`;
    return [
      {
        id: `system-${kind}-${round}`,
        at: sent?.at ?? message.at,
        from: 'system' as const,
        sender: sentenceStart(messageName(kind, round)),
        content: message.content,
        state: sent === undefined && html`<p class="state">${inline(state)}</p>`,
      },
    ];
  });
}

function replyState(order: Conversation, reply: Reply): Html {
  const { ref, mayAct, now } = order;
  switch (reply.state) {
    case 'sent':
      return html`<p class="state ok">Sent ${distance(reply.since, now)}</p>`;
    case 'sending':
      return html`<p class="state">Being sent</p>`;
    case 'given_up':
      return html`<p class="state bad">Not sent: ${inline(reply.reason ?? '')}</p>`;
    case 'withdrawn':
      return html`<p class="state">Withdrawn ${distance(reply.since, now)}</p>`;
    case 'queued':
      return html`<div class="state actions">${queuedText(order, reply)}
        ${
          mayAct &&
          html`<form method="post" action="${orderPath(ref)}/messages/withdraw">
          <input type="hidden" name="number" value="${reply.number}"><button class="small">Withdraw</button></form>`
        }</div>`;
  }
}

function queuedText({ record, jobs, now }: Conversation, { number }: Reply): Html {
  if (record.snapshot === null || !acceptsMessages(record.snapshot.status))
    return html`Not sent: in this status, Atelier takes no message.`;
  const until = jobs.find((job) => job.reply === number)?.delayedUntil ?? null;
  if (until === null || until <= now) return html`Queued`;
  return html`Queued: deliveries need the API calls, or Atelier does not answer. The next try is ${distance(until, now)}.`;
}
