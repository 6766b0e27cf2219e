import { badge } from './badge.js';
import { call, dollars, draw, el, inWords, onSubmit } from './dom.js';
import { orderPage } from './order.js';
import { titleOf } from './title.js';

const POLL_MS = 1500;
const SHOWN_ORDERS = 50;
const $ = (id) => document.getElementById(id);
const place = $('place');

const PER = { weekly: ' a week', monthly: ' a month' };

/** A service with a price by quote has the list price 0, which nobody pays. */
function priceOf({ price_type: type, price_usd: price }) {
  return type === 'quote' ? 'by quote' : `${dollars(price, '')}${PER[type] ?? ''}`;
}

function drawServices(services) {
  const chosen = new FormData(place).get('service');
  draw($('services'), services, () => [
    el('legend', {}, 'Service'),
    ...services.map((service, index) => {
      const isChosen = chosen === null ? index === 0 : service.id === chosen;
      const radio = el('input', { type: 'radio', name: 'service', value: service.id, checked: isChosen });
      radio.required = true;
      return el(
        'label',
        { className: 'service' },
        radio,
        el('span', {}, service.title, el('small', {}, service.description ?? inWords(service.category))),
        el('b', {}, priceOf(service)),
      );
    }),
    services.length === 0 ? el('p', { className: 'soft' }, 'No agent offers anything yet.') : null,
  ]);
}

function drawSeller(agents) {
  const heard = agents.filter((agent) => agent.last_polled_at !== null || agent.endpoint_url !== null);
  draw($('seller'), heard.length, (count) =>
    count > 0 ? [] : ['No seller is at work yet: none has polled or given a webhook endpoint.'],
  );
}

function drawList(orders, current) {
  draw(
    $('orders'),
    [orders.map(({ order }) => [order.id, order.status, order.quoted_price_usd]), current],
    () =>
      orders.length === 0
        ? el('li', { className: 'soft' }, 'None yet.')
        : orders.map(({ order }) => {
            const item = el(
              'a',
              { href: `#${order.id}` },
              el('span', { className: 'line' }, el('b', {}, titleOf(order)), badge(order.status)),
              el('span', { className: 'snippet' }, String(order.brief ?? '').slice(0, 140)),
            );
            if (order.id === current) item.setAttribute('aria-current', 'true');
            return el('li', {}, item);
          }),
  );
}

const drawOrder = orderPage($('order'), refresh);

/** Shows the current state of everything. */
async function refresh() {
  const current = location.hash.slice(1);
  try {
    const [state, orders, order] = await Promise.all([
      call('GET', '/state'),
      call('GET', `/orders?limit=${SHOWN_ORDERS}`),
      current === '' ? null : call('GET', `/orders/${encodeURIComponent(current)}`).catch(() => null),
    ]);
    if (current !== location.hash.slice(1)) return;
    $('connection').textContent = '';
    drawServices(state.services);
    drawSeller(state.agents);
    drawList(orders, current);
    document.body.classList.toggle('has-order', current !== '');
    drawOrder(order, current);
  } catch {
    $('connection').textContent = 'No connection to the sandbox';
  }
}

onSubmit(place, async (form) => {
  const references = String(form.get('references'))
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const order = await call('POST', '/orders', {
    service_id: form.get('service'),
    brief: form.get('brief'),
    kind: form.has('instant') ? 'x402' : 'service',
    ...(form.get('client') === '' ? {} : { client_name: form.get('client') }),
    ...(references.length === 0 ? {} : { reference_urls: references }),
  });
  $('brief').value = '';
  $('references').value = '';
  location.hash = order.id;
});

window.addEventListener('hashchange', async () => {
  await refresh();
  window.scrollTo(0, 0);
});

for (;;) {
  await refresh();
  await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
