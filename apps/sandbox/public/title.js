const MOST_CHARACTERS = 60;

/**
 * The title of an order: the title of its service, or the first words of its brief. An order from a
 * bounty has no service.
 */
export function titleOf({ service_title: title, brief }) {
  if (title) return title;
  const words = String(brief ?? '').trim();
  if (words === '') return 'Order';
  if (words.length <= MOST_CHARACTERS) return words;
  const cut = words.slice(0, MOST_CHARACTERS).replace(/\s+\S*$/, '');
  return `${cut} …`;
}
