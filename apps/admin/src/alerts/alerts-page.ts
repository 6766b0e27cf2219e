import type { Alert, Mute, OutboxEntry, SentAlert } from '@fulfillment/alerts';
import { ALERT_KIND_NAMES, ALERT_KINDS } from '@fulfillment/shared';
import { type Html, html } from '../page/html.ts';
import { icon } from '../page/icon.ts';
import { distance, pointInTime } from '../page/times.ts';
import { inline } from '../page/untrusted.ts';

export interface AlertsView {
  alerts: readonly Alert[];
  outbox: readonly OutboxEntry[];
  history: readonly SentAlert[];
  mutes: readonly Mute[];
  /** The channels of the configuration: their names and protocols. */
  channels: readonly { name: string; protocol: string }[];
  mayAct: boolean;
  mayTest: boolean;
  /** By Redis' clock, in ms. */
  now: number;
}

/** The open alerts, the channels, and what became of each message. */
export function alertsPage(view: AlertsView): Html {
  return html`<div class="page-head"><h1>Alerts</h1><span class="end"><a class="button small" href="/alerts/runbook">${icon('list')} What each alert means</a></span></div>
    ${openPanel(view)}
    ${channelPanel(view)}
    ${mutePanel(view)}
    ${outboxPanel(view)}
    ${historyPanel(view)}`;
}

function openPanel({ alerts, mayAct, now }: AlertsView): Html {
  return html`<section class="panel" id="open"><header><h2>Open</h2></header>${
    alerts.length === 0
      ? html`<div class="empty">${icon('inbox')}<h2>No alert is open</h2></div>`
      : html`<div class="table-box"><table class="stacked">
      <thead><tr><th>Alert</th><th>Severity</th><th class="num">Concerns</th><th class="num">Worth</th><th>Since</th><th>State</th>${mayAct && html`<th>Action</th>`}</tr></thead>
      <tbody>${alerts.map((alert) => openRow(alert, mayAct, now))}</tbody></table></div>`
  }</section>`;
}

function openRow(alert: Alert, mayAct: boolean, now: number): Html {
  const { alert: name, kind, severity, title, openedAt, amountUsd, path } = alert;
  const tone = severity === 'critical' ? 'bad' : severity === 'warning' ? 'warn' : 'ok';
  return html`<tr>
    <td class="wide"><a class="title" href="${path}">${inline(title)}</a><div class="sub">${ALERT_KINDS[kind].advice}</div></td>
    <td data-label="Severity"><span class="pill ${tone}">${severity}</span></td>
    <td data-label="Concerns" class="num">${alert.count}</td>
    <td data-label="Worth" class="num">${amountUsd === null ? '–' : `$${amountUsd}`}</td>
    <td data-label="Since">${distance(openedAt, now)}</td>
    <td data-label="State">${stateOf(alert, now)}</td>
    ${
      mayAct &&
      html`<td>${
        alert.acknowledged === null &&
        html`<form method="post" action="/alerts/acknowledge"><input type="hidden" name="alert" value="${name}">
          <input type="hidden" name="openedAt" value="${openedAt}"><button class="small" aria-label="Acknowledge: ${title}">Acknowledge</button></form>`
      }</td>`
    }
  </tr>`;
}

function stateOf({ acknowledged, isMuted, told, emptySince }: Alert, now: number): Html {
  if (isMuted) return html`<span class="pill">Muted</span>`;
  if (acknowledged !== null)
    return html`<span class="pill ok">Acknowledged</span> <small>by ${inline(acknowledged.by)} ${distance(acknowledged.at, now)}</small>`;
  if (emptySince !== null) return html`<span class="pill ok">Over</span>`;
  const channels = Object.keys(told);
  return channels.length === 0
    ? html`<span class="muted">not sent</span>`
    : html`sent to ${channels.join(', ')}`;
}

function channelPanel({ channels, mayTest }: AlertsView): Html {
  return html`<section class="panel" id="channels"><header><h2>Channels</h2></header>${
    channels.length === 0
      ? html`<div class="body"><p class="none">The configuration has no channels, so nobody is notified. Add <code>alerts</code> to <code>fulfillment.config.ts</code>.</p></div>`
      : html`<div class="table-box"><table class="stacked"><thead><tr><th>Name</th><th>Protocol</th>${mayTest && html`<th>Action</th>`}</tr></thead>
      <tbody>${channels.map(
        ({ name, protocol }) =>
          html`<tr><td class="wide"><b>${name}</b></td><td data-label="Protocol">${protocol}</td>${
            mayTest &&
            html`<td><form method="post" action="/alerts/test"><input type="hidden" name="channel" value="${name}">
            <button class="small" aria-label="Send a test to ${name}">Send a test</button></form></td>`
          }</tr>`,
      )}</tbody></table></div>`
  }</section>`;
}

function mutePanel({ mutes, mayAct, now }: AlertsView): Html | false {
  if (!mayAct && mutes.length === 0) return false;
  const option = (value: string, label: string) => html`<option value="${value}">${label}</option>`;
  return html`<section class="panel" id="mutes"><header><h2>Muted</h2><span class="muted">A muted alert sends no messages. It stays on this page</span></header>
    ${
      mutes.length > 0 &&
      html`<div class="table-box"><table class="stacked"><thead><tr><th>What</th><th>By</th><th>Until</th>${mayAct && html`<th>Action</th>`}</tr></thead>
      <tbody>${mutes.map(
        ({ part, id, by, until }) =>
          html`<tr><td class="wide">${part} <b>${inline(id)}</b></td><td data-label="By">${inline(by)}</td><td data-label="Until">${distance(until, now)}</td>${
            mayAct &&
            html`<td><form method="post" action="/alerts/unmute"><input type="hidden" name="part" value="${part}"><input type="hidden" name="id" value="${id}">
            <button class="small" aria-label="End mute of ${part} ${id}">End</button></form></td>`
          }</tr>`,
      )}</tbody></table></div>`
    }
    ${
      mayAct &&
      html`<div class="body"><form class="actions" method="post" action="/alerts/mute">
      <label>Mute <select name="part">${option('kind', 'a kind')}${option('handler', 'a handler')}${option('agent', 'an agent (by its id)')}</select></label>
      <label>Name <input name="id" required maxlength="200" list="alert-kinds"></label>
      <datalist id="alert-kinds">${ALERT_KIND_NAMES.map((kind) => option(kind, ALERT_KINDS[kind].title))}</datalist>
      <label>Hours <input name="hours" type="number" value="4" min="1" max="168" required></label>
      <button>Mute</button></form></div>`
    }</section>`;
}

function outboxPanel({ outbox, now }: AlertsView): Html | false {
  return (
    outbox.length > 0 &&
    html`<section class="panel" id="outbox"><header><h2>Not sent yet</h2></header>
    <div class="table-box"><table class="stacked"><thead><tr><th>Message</th><th>Channel</th><th class="num">Tries</th><th>Next attempt</th><th>Last error</th></tr></thead>
    <tbody>${outbox.map(
      ({
        message,
        channel,
        tries,
        nextAt,
        reason,
      }) => html`<tr><td class="wide">${inline(message.title)} <small>${message.state}</small></td>
      <td data-label="Channel">${channel}</td><td data-label="Tries" class="num">${tries}</td><td data-label="Next attempt">${distance(nextAt, now)}</td>
      <td data-label="Last error">${reason === null ? '–' : inline(reason)}</td></tr>`,
    )}</tbody></table></div></section>`
  );
}

function historyPanel({ history }: AlertsView): Html | false {
  return (
    history.length > 0 &&
    html`<section class="panel" id="history"><header><h2>History</h2><span class="muted">The results of the last messages</span></header>
    <div class="table-box"><table class="stacked"><thead><tr><th>Time</th><th>Message</th><th>Channel</th><th>Result</th></tr></thead>
    <tbody>${history.map(
      ({
        at,
        title,
        state,
        channel,
        failure,
      }) => html`<tr><td data-label="Time">${pointInTime(at)}</td><td class="wide">${inline(title)} <small>${state}</small></td>
      <td data-label="Channel">${channel}</td><td data-label="Result">${failure === null ? html`<span class="pill ok">sent</span>` : html`<span class="pill bad">given up</span> <small>${inline(failure)}</small>`}</td></tr>`,
    )}</tbody></table></div></section>`
  );
}
