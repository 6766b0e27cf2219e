/** The rows that the keys move through: each has a link of its own. */
const rows = () =>
  [...document.querySelectorAll('main tr[data-row]')].filter((row) => row.offsetParent !== null);

/** Whether the key belongs to a field that the operator types into. */
function isTyping({ target, ctrlKey, metaKey, altKey }) {
  return (
    ctrlKey ||
    metaKey ||
    altKey ||
    target.closest('input:not([type=checkbox]), textarea, select, dialog') !== null
  );
}

function currentRow() {
  return document.querySelector('tr[data-row].current');
}

function move(step) {
  const all = rows();
  if (all.length === 0) return;
  const index = all.indexOf(currentRow());
  const next = all[Math.min(all.length - 1, Math.max(0, index + step))];
  currentRow()?.classList.remove('current');
  next.classList.add('current');
  next.querySelector('a.title')?.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
}

const ACTIONS = {
  '/': () => document.querySelector('[data-search]')?.select(),
  j: () => move(1),
  k: () => move(-1),
  x: () => currentRow()?.querySelector('input[type=checkbox]')?.click(),
  '?': () => document.getElementById('key-help').showModal(),
};

/** The keys of lists: move, open, select, search. The browser opens the focused link on Enter. */
export function followKeys() {
  document.addEventListener('keydown', (event) => {
    const action = ACTIONS[event.key];
    if (action === undefined || isTyping(event)) return;
    event.preventDefault();
    action();
  });
}
