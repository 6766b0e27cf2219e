// Fetches the page again every few seconds, and replaces the changed parts.
const PERIOD_MS = 5000;

/** Whether the operator has typed into a form. A refresh must not lose typed text. */
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

/** Replaces only the parts that differ: a screen reader keeps its place in the others. */
function replaceParts(main, next) {
  const [parts, nextParts] = [[...main.children], [...next.children]];
  if (parts.length !== nextParts.length) return main.replaceWith(next);
  for (const [index, part] of parts.entries()) {
    if (!part.isEqualNode(nextParts[index])) part.replaceWith(nextParts[index]);
  }
}

/** Announces the title when it changes. The title counts the orders that wait for the operator. */
function announce(title) {
  if (title === document.title) return;
  document.title = title;
  document.getElementById('news').textContent = title;
}

async function refresh() {
  const main = document.querySelector('main');
  if (isInUse(main)) return;
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (answer.redirected) return location.reload();
  if (!answer.ok) throw new Error(`The page was answered with ${answer.status}.`);
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const nextMain = next.querySelector('main');
  if (nextMain === null) throw new Error('The answer is not a page of ours.');
  if (isInUse(main)) return;
  for (const unfolded of main.querySelectorAll('details[open][id]')) {
    next.getElementById(unfolded.id)?.setAttribute('open', '');
  }
  announce(next.title);
  replaceParts(main, nextMain);
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
