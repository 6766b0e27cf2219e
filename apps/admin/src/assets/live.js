import { showLocalTimes } from './times.js';

/** Distances such as "in 3 h" age without any change of an order. */
const AGING_MS = 30_000;
/** Changes come in bursts. A page is fetched once for all changes of this time. */
const BURST_MS = 250;
const RECONNECT_MS = 3000;
const NO_ANSWER = 'The admin process does not answer';

/** The parts of a page that follow what happens. The search box is not among them. */
const PARTS = ['#shell-status', '#navigation', 'main'];

/**
 * What the operator typed, chose or unfolded. A refresh must not undo it. A hidden field is ours,
 * and must match the page.
 */
const OWN_ATTRIBUTES = new Set(['open', 'checked', 'value']);

const callbacks = {
  beforeAttributeUpdated: (name, element) => {
    if (name === 'class' && element.matches('tr[data-row], [data-selection]')) return false;
    return !(
      OWN_ATTRIBUTES.has(name) && element.matches('details, dialog, input:not([type=hidden]), select')
    );
  },
  beforeNodeMorphed: (node) => !(node instanceof HTMLTextAreaElement && node.value !== node.defaultValue),
};

/** Announces the title when it changes. The title counts the orders that wait for the operator. */
function announce(title) {
  if (title === document.title) return;
  document.title = title;
  document.getElementById('news').textContent = title;
}

async function refresh() {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  // The answer is the login page. A reload would lose what the operator typed.
  if (answer.redirected) throw new Error('Your session ended. Load the page again to log in');
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const content = next.querySelector('main#content');
  if (content === null) throw new Error(NO_ANSWER);
  // The page on the screen stays, with everything that the operator chose on it.
  if (!answer.ok) throw new Error(content.querySelector('h1').textContent);
  if (document.hidden || !getSelection().isCollapsed) return;
  showLocalTimes(next);
  announce(next.title);
  for (const part of PARTS) {
    const [shown, replacement] = [document.querySelector(part), next.querySelector(part)];
    if (shown === null || replacement === null) continue;
    Idiomorph.morph(shown, replacement, { ignoreActiveValue: true, callbacks });
  }
  document.dispatchEvent(new Event('refreshed'));
}

/** Says why the page does not follow what happens. An empty reason: it does. */
function setStale(reason) {
  document.body.classList.toggle('is-stale', reason !== '');
  if (reason !== '') document.querySelector('.stale span').textContent = reason;
}

async function attempt() {
  try {
    await refresh();
    setStale('');
  } catch (error) {
    // A fetch without an answer ends with a TypeError, whose text differs between browsers.
    setStale(error instanceof TypeError ? NO_ANSWER : error.message);
  }
}

/** Refreshes the page when something changes, and now and then for the distances of times. */
export function followChanges() {
  const address = document.body.dataset.live;
  if (address === undefined) return;
  let isPending = false;
  const soon = () => {
    if (isPending) return;
    isPending = true;
    setTimeout(async () => {
      await attempt();
      isPending = false;
    }, BURST_MS);
  };
  const listen = () => {
    const events = new EventSource(address);
    events.addEventListener('change', soon);
    events.addEventListener('error', () => {
      events.close();
      soon();
      setTimeout(listen, RECONNECT_MS);
    });
  };
  listen();
  setInterval(soon, AGING_MS);
  document.addEventListener('visibilitychange', soon);
}
