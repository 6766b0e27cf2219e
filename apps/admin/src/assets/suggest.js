const PAUSE_MS = 120;

/** Suggests how the search text can continue, as the options of the search box. */
export function suggestSearches() {
  const field = document.querySelector('[data-search]');
  const options = document.getElementById('search-suggestions');
  if (field === null || options === null) return;
  let timer;
  field.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => fill(options, field), PAUSE_MS);
  });
}

async function fill(options, field) {
  const text = field.value;
  const answer = await fetch(`/orders/suggest?q=${encodeURIComponent(text)}`);
  // Without suggestions, the search still works.
  if (!answer.ok || answer.redirected) return;
  const texts = await answer.json();
  if (field.value !== text) return;
  options.replaceChildren(
    ...texts.map((value) => Object.assign(document.createElement('option'), { value })),
  );
}
