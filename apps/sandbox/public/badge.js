import { el, inWords } from './dom.js';

/** A status, in its colour. */
export function badge(status) {
  return el('span', { className: `badge ${status}` }, inWords(status));
}
