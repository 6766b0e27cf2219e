import type { Account } from '@fulfillment/shared';
import { duration, count as inWords } from '../page/format.ts';
import { type Html, html } from '../page/html.ts';
import { icon } from '../page/icon.ts';
import type { ShellState } from './shell-state.ts';

/** The parts of the console, as the navigation shows them. */
export type Section =
  | 'attention'
  | 'orders'
  | 'money'
  | 'services'
  | 'agents'
  | 'alerts'
  | 'system'
  | 'queues'
  | 'audit';

/** The frame of an operator's page. */
export interface Shell {
  account: Account;
  hasLogin: boolean;
  /** The part that the page belongs to. Null: none, for example an error. */
  section: Section | null;
  /** Null: the numbers are unknown, for example while Redis is unreachable. */
  state: ShellState | null;
  /** The text in the search box. */
  search: string;
}

/** The bar above every page: the search, the state of the API budget, and the operator. */
export function topBar({ account, hasLogin, state, search }: Shell, now: number): Html {
  return html`<header class="top">
    <a class="brand" href="/">${icon('package')} Fulfillment</a>
    <form class="search" role="search" action="/orders">
      ${icon('search')}
      <input name="q" type="search" value="${search}" aria-label="Search orders" autocomplete="off" data-search list="search-suggestions"
        placeholder="Search orders: id, buyer, words, is:late, price:&gt;50">
      <datalist id="search-suggestions"></datalist>
    </form>
    <div class="top-end" id="shell-status">
      ${state !== null && problemMark(state)}
      ${state?.budget.isLimited === true && budgetText(state.budget, now)}
      <span>${account.name}${account.role === 'viewer' && html` <span class="pill">viewer</span>`}</span>
      ${hasLogin && html`<form method="post" action="/logout"><button class="quiet small">${icon('log-out')} Log out</button></form>`}
    </div>
  </header>`;
}

/** The navigation, with the number of orders that wait for the operator. */
export function navigation({ section, state }: Shell): Html {
  const link = (target: Section, href: string, content: Html) =>
    html`<a href="${href}"${section === target && html` aria-current="page"`}>${content}</a>`;
  const waiting = state !== null && state.attention > 0 && html`<b class="count">${state.attention}</b>`;
  const problems =
    state !== null &&
    state.problems > 0 &&
    html`<span class="count"><span class="pill warn">${state.problems}<span class="for-readers"> ${state.problems === 1 ? 'problem' : 'problems'}</span></span></span>`;
  const paused =
    state !== null &&
    state.workPauses > 0 &&
    html`<span class="count"><span class="pill warn">${state.workPauses}<span class="for-readers"> paused</span></span></span>`;
  return html`<nav class="side" id="navigation" aria-label="Main">
    ${link('attention', '/', html`${icon('inbox')} Attention${waiting}`)}
    ${link('orders', '/orders', html`${icon('list')} Orders`)}
    ${link('money', '/money', html`${icon('chart-column')} Money`)}
    ${link('services', '/services', html`${icon('store')} Services${paused}`)}
    <span class="group">System</span>
    ${link('agents', '/agents', html`${icon('bot')} Agents`)}
    ${link('alerts', '/alerts', html`${icon('bell')} Alerts`)}
    ${link('system', '/system', html`${icon('cpu')} System${problems}`)}
    ${link('queues', '/queues/', html`${icon('layers')} Queues`)}
    ${link('audit', '/audit', html`${icon('key-round')} Audit`)}
  </nav>`;
}

function problemMark({ problems }: ShellState): Html | false {
  return (
    problems > 0 &&
    html`<a href="/system"><span class="pill warn">${icon('alert-triangle')} ${inWords(problems, 'problem')}</span></a>`
  );
}

function budgetText({ left, windowEnd }: ShellState['budget'], now: number): Html {
  return html`<span class="budget">${inWords(left, 'delivery call')} left${windowEnd !== null && ` · resets in ${duration(windowEnd - now)}`}</span>`;
}
