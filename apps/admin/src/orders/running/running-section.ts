import { withoutSecrets } from '@fulfillment/platform';
import { costOf, type OrderRecord, type OrderRef, sentenceStart, stepName } from '@fulfillment/shared';
import { orderPath } from '../../board.ts';
import { roughly } from '../../page/format.ts';
import { type Html, html } from '../../page/html.ts';
import { distance, pointInTime } from '../../page/times.ts';
import { inline } from '../../page/untrusted.ts';
import type { RunningStep, StepWait } from './running-step.ts';

interface RunningView {
  ref: OrderRef;
  record: OrderRecord;
  now: number;
  mayAct: boolean;
  running: RunningStep | null;
}

/** The handler's work on the order: its progress, run time and cost, and a way to stop it. */
export function runningSection({ ref, record, now, mayAct, running }: RunningView): Html | false {
  if (running === null) return false;
  const { step, isRunning, progress, begun, host, wait } = running;
  const cost = costOf(record);
  return html`<section class="panel" id="running">
    <header><span class="pill ${isRunning ? 'info' : 'mute'}">${isRunning ? 'Running' : 'Waiting'}</span>
      <h2>${sentenceStart(stepName(step))}</h2></header>
    <div class="body">
    <dl class="fields">
      ${begun !== null && html`<div><dt>Handler</dt><dd>${inline(begun.handler)}</dd></div>`}
      ${isRunning && begun !== null && html`<div><dt>Runs for</dt><dd>${roughly(now - begun.at)} <small>since ${pointInTime(begun.at)}</small></dd></div>`}
      ${host !== null && html`<div><dt>Host</dt><dd>${inline(host)}</dd></div>`}
      ${progress !== null && html`<div><dt>Progress</dt><dd>${inline(progress)}</dd></div>`}
      ${!cost.eq(0) && html`<div><dt>Cost of the order so far</dt><dd>$${cost.toFixed()}</dd></div>`}
    </dl>
    ${wait !== null && waiting(wait, now)}
    ${mayAct && stopForm(ref, running)}
    </div>
  </section>`;
}

/** What the job waits for, and what ends the wait. */
function waiting(wait: StepWait, now: number): Html {
  switch (wait.for) {
    case 'pause': {
      const { part, id, by, since } = wait.pause;
      return html`<p class="warning"><strong>This order waits: ${part} "${inline(id)}" is paused by ${by} ${distance(since, now)}.</strong>
    It continues when somebody <a href="/services">resumes it on the Services page</a>.</p>`;
    }
    case 'queue':
      return html`<p>The job waits until somebody <a href="/system">resumes queue ${wait.queue} on the System page</a>.</p>`;
    case 'job':
      return html`<p>The queue has no job of this step yet. The next check of the order adds it.</p>`;
    case 'try': {
      const { until, reason } = wait;
      const next =
        until === null || until <= now ? 'a worker' : html`the time of its next try, ${distance(until, now)}`;
      return html`<p>The job waits for ${next}.${reason !== null && html` Its last try ended: ${inline(withoutSecrets(reason))}`}</p>`;
    }
  }
}

/** What was paid for the run is lost, so the button appears only after a first press. */
function stopForm(ref: OrderRef, { step, key, isRunning }: RunningStep): Html {
  const consequence = isRunning
    ? 'The handler is stopped, and what its run has cost is lost. The order then waits for you.'
    : 'No handler begins. The order then waits for you.';
  return html`<details id="stop"><summary>Stop</summary>
    <form class="actions" method="post" action="${orderPath(ref)}/stop">
      <p>${consequence}</p>
      <input type="hidden" name="step" value="${key}">
      <input type="hidden" name="attempt" value="${step.attempt}">
      <button class="danger">Stop it</button>
    </form></details>`;
}
