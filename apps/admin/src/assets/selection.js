/** Shows how many orders are selected, and the actions on them. */
export function followSelection() {
  document.addEventListener('change', ({ target }) => {
    const form = target.closest('[data-selection]');
    if (form === null) return;
    if (target.matches('[data-select-all]')) setAll(form, target.checked);
    update(form);
  });
  document.addEventListener('refreshed', updateAll);
  updateAll();
}

function updateAll() {
  for (const form of document.querySelectorAll('[data-selection]')) update(form);
}

const boxes = (form) => [...form.querySelectorAll('tbody input[type=checkbox]')];

function setAll(form, isSelected) {
  for (const box of boxes(form)) box.checked = isSelected;
}

function update(form) {
  const selected = boxes(form).filter(({ checked }) => checked).length;
  const matching = form.querySelector('[data-select-matching]');
  const label = form.querySelector('[data-selected-count]');
  if (label === null) return;
  form.classList.toggle('has-selection', selected > 0 || matching.checked);
  label.textContent = matching.checked ? 'All that match' : `${selected} selected`;
}
