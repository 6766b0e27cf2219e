/**
 * Creates an element. Children are elements or texts. The browser never parses a text as HTML.
 * @param {string} tag
 * @param {Record<string, unknown>} properties
 * @param {...(Node | string | null)} children null is left out
 */
export function el(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** The property of an element that holds its drawn content, as a text. */
const DRAWN = Symbol('drawn');

/**
 * Redraws a place if its content has changed. An unchanged place keeps the focus, a selection and
 * typed text.
 */
export function draw(place, shown, make) {
  const key = JSON.stringify(shown);
  if (place[DRAWN] === key) return;
  place[DRAWN] = key;
  place.replaceChildren(...[make(shown)].flat().filter((child) => child !== null));
}

/** A link, if it leads to the web. */
export function link(url, text = url) {
  if (!/^https?:\/\//i.test(url)) return el('span', { textContent: text });
  return el('a', { href: url, target: '_blank', rel: 'noopener noreferrer', textContent: text });
}

/** A box that scrolls. It takes the focus, so that the keyboard can scroll it, too. */
export function scrollBox(tag, label, text) {
  return el(tag, { className: 'scroll', role: 'group', tabIndex: 0, ariaLabel: label }, text);
}

/** Handles the submits of a form, one at a time, and shows errors in the form. */
export function onSubmit(form, act) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const problem = form.querySelector('.problem');
    const buttons = form.querySelectorAll('button');
    problem.textContent = '';
    for (const button of buttons) button.disabled = true;
    try {
      await act(new FormData(form), event.submitter);
    } catch (error) {
      problem.textContent = error.message;
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  });
}

/** Calls the sandbox. @throws Error with the sandbox's reason */
export async function call(method, path, body) {
  const answer = await fetch(`/sandbox${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const { data, error } = await answer.json();
  if (!answer.ok) throw new Error(error ?? `The sandbox answered ${answer.status}`);
  return data;
}

/** `pending_quote` as `pending quote`. */
export function inWords(status) {
  return String(status).replaceAll('_', ' ');
}

/** An amount in dollars, or another text if there is none. */
export function dollars(amount, otherwise) {
  return amount === null ? otherwise : `$${amount}`;
}
