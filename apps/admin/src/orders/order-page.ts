import type { HandlerLine, Pause } from '@fulfillment/platform';
import {
  type Decision,
  draftOf,
  type FactOf,
  factsOf,
  type OrderRecord,
  orderTitle,
  type Policy,
  roundName,
  roundTitle,
  stepName,
} from '@fulfillment/shared';
import { jobPath, orderPath } from '../board.ts';
import { count, roughly } from '../page/format.ts';
import { type Html, html } from '../page/html.ts';
import { icon } from '../page/icon.ts';
import { distance, dueTime, pointInTime } from '../page/times.ts';
import { externalLink, inline, textBlock } from '../page/untrusted.ts';
import { holdUpText } from '../system/pause-text.ts';
import { ACTION_LABELS } from './actions.ts';
import { attentionSection } from './attention-section.ts';
import { conversationSection } from './conversation/conversation-section.ts';
import type { DraftTexts } from './drafts/draft-texts.ts';
import { draftSection } from './drafts/review-section.ts';
import type { FoundOrder } from './find-order.ts';
import { handlerLogSection } from './handler-log.ts';
import { moneySection } from './money-section.ts';
import type { OrderJob } from './order-jobs.ts';
import { readNotice } from './read-outcome.ts';
import { withdrawReleaseForm } from './running/release-routes.ts';
import { runningSection } from './running/running-section.ts';
import type { RunningStep } from './running/running-step.ts';
import { briefSection, snapshotSection } from './snapshot-section.ts';
import { stagePill } from './stage-pill.ts';
import { rawFacts, timeline } from './timeline.ts';

/** The data of an order's page. */
export interface OrderView extends FoundOrder {
  jobs: OrderJob[];
  /** The queue pauses that delay this order. */
  pauses: Pause[];
  /** The operator's name of the agent. */
  agent: string | null;
  /** The order on the pages of Atelier. Null: the address is not configured. */
  atelierUrl: string | null;
  mayAct: boolean;
  policy: Policy;
  texts: DraftTexts;
  /** The step that calls a handler now, or next. */
  running: RunningStep | null;
  handlerLines: readonly HandlerLine[];
  /** When the operator had the order read, in ms since the epoch. Null: the operator did not. */
  readAskedAt: number | null;
}

/**
 * The page of one order: what waits for a human, the next step, the buyer's request, and the
 * history.
 */
export function orderPage(view: OrderView): Html {
  const { record, decision, now } = view;
  return html`
    <a class="back" href="/orders">${icon('chevron-left')} Orders</a>
    ${heading(view)}
    ${view.readAskedAt !== null && readNotice(view.readAskedAt, record, now)}
    ${view.pauses.map((pause) => pauseNotice(pause, now))}
    <div class="split">
      <div>
        ${decision.attention.map((item) => attentionSection(view, item))}
        ${unreadSection(view)}
        ${runningSection(view)}
        ${!decision.attention.some(({ kind }) => kind === 'review') && briefSection(record)}
        ${conversationSection(view)}
        ${deliverables(view)}
        ${handlerLogSection(view.handlerLines)}
        <section class="panel"><header><h2>History</h2></header>
          <div class="body">${timeline(record.facts)}${rawFacts(record.facts)}</div></section>
      </div>
      <div>
        <section class="panel">
          <header><h2>Next</h2>${view.mayAct && reconcileForm(view)}</header>
          <div class="body">
          <p>${nextInWords(decision, now)}</p>
          ${decision.payoutDueAt !== null && payoutNote(decision.payoutDueAt)}
          ${decision.dueAt !== null && html`<p><b>${dueTime(decision.dueAt, now)}</b> <small>${pointInTime(decision.dueAt)}</small></p>`}
          ${jobList(view.jobs, now)}
          ${view.mayAct && withdrawReleaseForm(view.ref, record)}
          </div>
        </section>
        ${moneySection(record, decision)}
        ${snapshotSection(record, now)}
      </div>
    </div>`;
}

function payoutNote(dueAt: number): Html {
  return html`<p><strong>The payout is awaited.</strong> Atelier sends it after completion. If none arrives by ${pointInTime(dueAt)},
    this order asks for you.</p>`;
}

function heading({ ref, record, decision, agent, atelierUrl }: OrderView): Html {
  return html`<div class="page-head">
    <h1>${inline((record.snapshot && orderTitle(record.snapshot)) ?? ref.orderId)}</h1>
    ${stagePill(decision.stage)}
    ${decision.round !== null && html`<span class="muted">${roundTitle(decision.round)}</span>`}
    <small>${agent ?? 'agent'} <code class="id">${ref.agentId}</code> · order <code class="id">${ref.orderId}</code></small>
    ${atelierUrl !== null && html`<a href="${atelierUrl}" target="_blank" rel="noopener noreferrer">Open on Atelier</a>`}
  </div>`;
}

function pauseNotice(pause: Pause, now: number): Html {
  const { what, rest } = holdUpText(pause, now);
  return html`<p class="warning"><strong>${what}</strong> ${rest} <a href="/system">Resume it on the System page</a></p>`;
}

/** Unhandled messages, unless an attention already reports them. */
function unreadSection({ ref, decision, mayAct }: OrderView): Html | false {
  const { unread } = decision;
  if (unread === null || decision.attention.some(({ key }) => key === unread.key)) return false;
  return html`<section class="panel" id="unread">
    <header><span class="pill info">Buyer wrote</span><h2>${count(unread.count, 'unread message')}</h2></header>
    <div class="body">
    ${textBlock('unread-text', unread.last)}
    ${
      mayAct &&
      html`<form class="actions" method="post" action="${orderPath(ref)}/actions">
        <input type="hidden" name="attention" value="${unread.key}">
        <button name="action" value="acknowledge">${ACTION_LABELS.acknowledge}</button>
      </form>`
    }
    </div>
  </section>`;
}

function reconcileForm({ ref }: OrderView): Html {
  return html`<form class="actions" method="post" action="${orderPath(ref)}/reconcile"><button class="small">${icon('refresh-cw')} Read from Atelier now</button></form>`;
}

/** The current decision, in words. */
function nextInWords(decision: Decision, now: number): string {
  const { stage, steps, attention, readOrder, readThread, payoutDueAt, lookAgainAt } = decision;
  const names = steps.map(
    (step) => stepName(step) + (step.attempt > 0 ? ` (attempt ${step.attempt + 1})` : ''),
  );
  const isIdle = steps.length === 0 && attention.length === 0 && stage !== 'awaiting_service';
  const sentences = [
    readOrder && 'The order is read from the marketplace first.',
    readThread !== null && `The thread is searched for the buyer's answer about ${roundName(readThread)}.`,
    stage === 'awaiting_service' && 'A handler is chosen once the service of the order is known.',
    names.length > 0 && `Next: ${names.join(', ')}.`,
    steps.length === 0 && attention.length > 0 && 'Nothing happens until you decide.',
    isIdle && lookAgainAt !== null && payoutDueAt === null && 'No work is outstanding.',
    payoutDueAt !== null && 'The work is done.',
    lookAgainAt === null
      ? 'The order is finished.'
      : `The order is checked again within ${roughly(lookAgainAt - now)}.`,
  ];
  return sentences.filter((sentence) => sentence !== false).join(' ');
}

function jobList(jobs: readonly OrderJob[], now: number): Html {
  if (jobs.length === 0) return html`<p class="none">The queues hold no job of this order.</p>`;
  return html`<ul class="jobs" aria-label="Jobs">${jobs.map(
    (job) => html`<li><a href="${jobPath(job.queue, job.jobId)}">${job.step}</a>
      ${job.attempt > 0 && html`<span class="muted">attempt ${job.attempt + 1}</span>`}
      ${job.state === 'failed' ? html`<span class="pill bad">failed</span>` : html`<span class="muted">${job.state}${job.delayedUntil !== null && job.delayedUntil > now && html`, next try ${distance(job.delayedUntil, now)}`}</span>`}</li>`,
  )}</ul>`;
}

function deliverables(view: OrderView): Html | false {
  const delivered = factsOf(view.record, 'delivered');
  if (delivered.length === 0) return false;
  return html`<section class="panel" id="delivered"><header><h2>Delivered</h2></header><div class="body">${delivered.map(
    (fact) => html`<h3>${roundTitle(fact.round)} <small>${pointInTime(fact.at)}</small></h3>
      ${isCurrentDraft(view.record, fact) && draftSection(view, fact.round)}
      <ul>${fact.deliverables.map(({ url, mediaType }) => html`<li>${mediaType} ${externalLink(url)}</li>`)}</ul>`,
  )}</div></section>`;
}

/** Whether the pages serve the files of a delivery. A found one may come from another program. */
function isCurrentDraft(record: OrderRecord, { round, draft, found }: FactOf<'delivered'>): boolean {
  return !found && (draft ?? 0) === draftOf(record, round);
}
