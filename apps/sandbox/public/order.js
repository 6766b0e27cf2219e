import { actionForms } from './actions.js';
import { badge } from './badge.js';
import { deliverableList } from './deliverables.js';
import { call, dollars, draw, el, inWords, link, onSubmit, scrollBox } from './dom.js';
import { titleOf } from './title.js';

const TIME = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', second: '2-digit' };

/**
 * Formats a time. The API's times are ISO, or UTC without a zone. Those of the history are in ms.
 */
function time(value) {
  const isPlain = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value);
  const date = new Date(isPlain ? `${value.replace(' ', 'T')}Z` : value);
  return Number.isNaN(date.getTime()) ? String(value) : date.toLocaleString([], TIME);
}

/**
 * The page of the chosen order.
 * @param place the element that holds the page
 * @param refresh redraws the page after an action of the buyer
 * @returns a function that shows an order, or says that no order is chosen. The function takes the
 * order, or null, and the chosen id, which is empty without a choice.
 */
export function orderPage(place, refresh) {
  /** The parts of the page of one order. They remain while the page shows this order. */
  let shown = null;
  return (full, id) => {
    if (full === null) {
      shown = null;
      draw(place, ['none', id], () => noOrder(id));
      return;
    }
    if (shown?.id !== id) {
      shown = newParts(id, refresh);
      draw(place, ['order', id], () => shown.all);
    }
    drawParts(shown, full, refresh);
  };
}

function noOrder(id) {
  const text = id === '' ? 'Choose an order, or place one.' : 'There is no such order.';
  return el('p', { className: 'empty' }, text);
}

function drawParts(parts, { order, deliverables, messages, states }, refresh) {
  draw(parts.head, [order.service_title, order.status, order.quoted_price_usd], () => headOf(order));
  draw(parts.facts, [order, order.status], () => factsOf(order));
  draw(parts.actions, [order.status, order.quoted_price_usd], () => actionForms(order, refresh));
  draw(parts.deliverables, deliverables, () => deliverableList(parts.id, deliverables));
  draw(parts.thread, messages, () => threadOf(messages));
  draw(parts.states, states, () => states.map(stateOf));
}

function newParts(id, refresh) {
  const parts = {
    head: el('header', { ariaLive: 'polite' }),
    facts: el('div'),
    actions: el('div', { className: 'actions' }),
    deliverables: el('div', { className: 'deliverables' }),
    thread: el('ol', { className: 'thread' }),
    states: el('ol', { className: 'states' }),
  };
  const write = el(
    'form',
    { className: 'write' },
    el('textarea', {
      name: 'content',
      rows: 2,
      maxLength: 2000,
      required: true,
      ariaLabel: 'Message to the seller',
    }),
    el('button', {}, 'Send'),
    el('p', { className: 'problem', role: 'alert' }),
  );
  onSubmit(write, async (form) => {
    await call('POST', `/orders/${id}/message`, { content: form.get('content') });
    write.reset();
    await refresh();
  });
  const all = [
    el('a', { className: 'back', href: '#' }, '← All orders'),
    parts.head,
    parts.actions,
    parts.facts,
    el('h3', {}, 'Deliverables'),
    parts.deliverables,
    el('h3', {}, 'Messages'),
    parts.thread,
    write,
    el('h3', {}, 'What happened'),
    parts.states,
  ];
  return { id, all, ...parts };
}

function headOf(order) {
  return [
    el('h2', {}, titleOf(order)),
    el(
      'p',
      { className: 'line' },
      badge(order.status),
      el('b', {}, dollars(order.quoted_price_usd, 'not quoted yet')),
    ),
  ];
}

function factsOf(order) {
  const rows = [
    ['Order', String(order.id)],
    ['Placed', time(order.created_at)],
    ['Revisions', `${order.revision_count} of ${order.max_revisions}`],
    ['Review until', order.status === 'delivered' ? time(order.review_deadline) : null],
    ['Workspace until', order.workspace_expires_at === null ? null : time(order.workspace_expires_at)],
    ['References', linksOf(order.reference_urls)],
    ['Pictures', linksOf(order.reference_images)],
    ['Payout', order.payout_tx_hash && String(order.payout_tx_hash)],
  ].filter(([, value]) => value !== null && value !== undefined);
  return [
    scrollBox('blockquote', 'Request', String(order.brief ?? '(no brief)')),
    el('dl', {}, ...rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])),
  ];
}

/**
 * A string that holds a JSON array of URLs, as a list of links. Null without any. Any other text is
 * shown unchanged.
 */
function linksOf(text) {
  if (text === null || text === undefined) return null;
  const urls = parsed(text);
  if (!Array.isArray(urls)) return String(text);
  return el('ul', { className: 'links' }, ...urls.map((url) => el('li', {}, link(String(url)))));
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function threadOf(messages) {
  if (messages.length === 0) return el('li', { className: 'soft' }, 'None yet.');
  return messages.map((message) =>
    el(
      'li',
      { className: message.sender_type === 'agent' ? 'theirs' : 'mine' },
      el('p', {}, message.content),
      el('small', {}, `${message.sender_name ?? inWords(message.sender_type)}, ${time(message.created_at)}`),
    ),
  );
}

function stateOf({ status, at, by }) {
  return el('li', {}, badge(status), el('small', {}, `${time(at)}, ${by}`));
}
