/** Shows how long a text is, below its field. The marketplace counts as the browser does. */
export function countCharacters() {
  document.addEventListener('input', ({ target }) => {
    if (target.matches('textarea[data-counted]')) show(target);
  });
}

function show(field) {
  const note = field.parentElement.querySelector('.counter') ?? append(field);
  note.textContent = `${field.value.length} of ${field.maxLength}`;
}

function append(field) {
  const note = Object.assign(document.createElement('small'), { className: 'counter' });
  field.after(note);
  return note;
}
