const KEY = 'typed-text';
const FIELDS = 'main textarea';

/**
 * Keeps what the operator typed when the session has ended: a form or a reload leads to the login,
 * and the page after the login has the text again.
 */
export function keepTypedText() {
  const kept = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (kept !== null && URL.parse(document.referrer)?.pathname === '/login') restore(JSON.parse(kept));
  window.addEventListener('pagehide', () => {
    const texts = [...document.querySelectorAll(FIELDS)]
      .filter((field) => field.value !== field.defaultValue)
      .map((field) => ({ label: labelOf(field), value: field.value }));
    sessionStorage.setItem(KEY, JSON.stringify({ path: location.pathname, texts }));
  });
}

function restore({ path, texts }) {
  if (path !== location.pathname) return;
  for (const { label, value } of texts) {
    const field = [...document.querySelectorAll(FIELDS)].find((one) => labelOf(one) === label);
    if (field === undefined) continue;
    field.value = value;
    const folded = field.closest('details');
    if (folded !== null) folded.open = true;
  }
}

/** A page has several forms whose fields have the same name, but not the same label. */
function labelOf(field) {
  return field.labels[0]?.firstChild?.textContent?.trim() ?? field.name;
}
