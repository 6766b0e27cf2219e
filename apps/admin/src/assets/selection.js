/**
 * The selected orders. They stay selected on the other pages of the same list, and when the
 * operator comes back from a preview. Another search begins without a selection.
 */
const KEY = 'selected-orders';

/** Shows how many orders are selected, and the actions on them. */
export function followSelection() {
  document.addEventListener('change', ({ target }) => {
    const form = target.closest('[data-selection]');
    if (form === null) return;
    if (target.matches('[data-select-all]')) for (const box of boxes(form)) box.checked = target.checked;
    keep(form);
    update(form);
  });
  document.addEventListener('click', ({ target }) => {
    if (target.closest('[data-select-none]') !== null) clear();
  });
  document.addEventListener('formdata', ({ target: form, formData }) => {
    if (!form.matches('[data-selection]')) return;
    for (const order of elsewhere(form)) formData.append('order', order);
  });
  document.addEventListener('submit', ({ target }) => {
    if (target.matches('[data-ends-selection]')) sessionStorage.removeItem(KEY);
  });
  document.addEventListener('refreshed', restoreAll);
  restoreAll();
}

function restoreAll() {
  for (const form of document.querySelectorAll('[data-selection]')) {
    const selected = selectedOf(form);
    for (const box of boxes(form)) box.checked = box.checked || selected.has(box.value);
    keep(form);
    update(form);
  }
}

const boxes = (form) => [...form.querySelectorAll('tbody input[type=checkbox]')];
const searchOf = (form) => form.querySelector('input[name=q]').value;

/** The orders that are selected on any page of the list. */
function selectedOf(form) {
  const { search, orders } = JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  return new Set(search === searchOf(form) ? orders : []);
}

function keep(form) {
  const selected = selectedOf(form);
  for (const { value, checked } of boxes(form)) selected[checked ? 'add' : 'delete'](value);
  sessionStorage.setItem(KEY, JSON.stringify({ search: searchOf(form), orders: [...selected] }));
}

/** The selected orders that this page does not show. */
function elsewhere(form) {
  const here = new Set(boxes(form).map(({ value }) => value));
  return [...selectedOf(form)].filter((order) => !here.has(order));
}

function clear() {
  sessionStorage.removeItem(KEY);
  for (const form of document.querySelectorAll('[data-selection]')) {
    for (const box of form.querySelectorAll('input[type=checkbox]')) box.checked = false;
    update(form);
  }
}

function update(form) {
  const label = form.querySelector('[data-selected-count]');
  if (label === null) return;
  const matching = form.querySelector('[data-select-matching]');
  const others = elsewhere(form).length;
  const selected = selectedOf(form).size;
  form.classList.toggle('has-selection', selected > 0 || matching.checked);
  const text = others > 0 ? `${selected} selected, ${others} on other pages` : `${selected} selected`;
  label.textContent = matching.checked ? 'All that match' : text;
}
