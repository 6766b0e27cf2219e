// Fetches the page again every few seconds and puts its content in place of the old one.
const PERIOD_MS = 5000;

/** What was typed is not to be lost. */
function isTyped(main) {
  return [...main.querySelectorAll('textarea')].some((field) => field.value !== field.defaultValue);
}

function isInUse(main) {
  return (
    document.hidden ||
    isTyped(main) ||
    main.querySelector(':focus-visible') !== null ||
    !getSelection().isCollapsed
  );
}

async function refresh() {
  const main = document.querySelector('main');
  if (isInUse(main)) return;
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (answer.redirected) return location.reload();
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (isInUse(main)) return;
  for (const unfolded of main.querySelectorAll('details[open][id]')) {
    next.getElementById(unfolded.id)?.setAttribute('open', '');
  }
  document.title = next.title;
  main.replaceWith(next.querySelector('main'));
}

async function tick() {
  try {
    await refresh();
    document.body.classList.remove('is-stale');
  } catch {
    document.body.classList.add('is-stale');
  }
  setTimeout(tick, PERIOD_MS);
}

setTimeout(tick, PERIOD_MS);
