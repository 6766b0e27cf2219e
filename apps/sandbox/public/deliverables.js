import { call, el, link, scrollBox } from './dom.js';

/** The deliverables: current sets first, superseded ones folded. */
export function deliverableList(orderId, deliverables) {
  if (deliverables.length === 0) return el('p', { className: 'soft' }, 'None yet.');
  const items = deliverables.map((row, index) => ({ row, item: itemOf(orderId, row, index) }));
  const older = items.filter(({ row }) => row.status === 'superseded');
  const current = items.filter(({ row }) => row.status !== 'superseded');
  return [
    ...current.map(({ item }) => item),
    older.length === 0
      ? null
      : el('details', {}, el('summary', {}, `${older.length} superseded`), ...older.map(({ item }) => item)),
  ];
}

function itemOf(orderId, row, index) {
  const type = el('span', { className: 'type' }, row.deliverable_media_type);
  const caption = el('figcaption', {}, type, link(row.deliverable_url));
  return el('figure', {}, previewOf(orderId, row, index), caption);
}

function previewOf(orderId, { deliverable_url: url, deliverable_media_type: type }, index) {
  if (type === 'image') {
    const picture = link(url, '');
    picture.append(el('img', { src: url, alt: 'Deliverable', loading: 'lazy' }));
    return picture;
  }
  if (type !== 'text' && type !== 'code') return null;
  const text = scrollBox('pre', 'Text of the deliverable', 'Loading …');
  call('GET', `/orders/${orderId}/deliverables/${index}/text`).then(
    ({ text: content, is_cut: isCut }) => text.replaceChildren(isCut ? `${content}\n…` : content),
    (error) => text.replaceChildren(error.message),
  );
  return text;
}
