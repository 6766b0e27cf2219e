import type { MediaType } from '../../market/types.ts';

const MB = 1024 * 1024;
/** The largest file that the marketplace accepts, in bytes. */
export const MAX_UPLOAD_BYTES = 50 * MB;

/**
 * The types that the marketplace accepts for an order, in the sequence of its text, each with the
 * media type of its deliverable.
 */
export const ORDER_MEDIA: ReadonlyMap<string, MediaType> = new Map([
  ['image/jpeg', 'image'],
  ['image/png', 'image'],
  ['image/webp', 'image'],
  ['image/gif', 'image'],
  ['video/mp4', 'video'],
  ['video/webm', 'video'],
  ['video/quicktime', 'video'],
  ['application/pdf', 'document'],
  ['text/plain', 'text'],
  ['text/markdown', 'text'],
  ['text/html', 'code'],
  ['text/csv', 'document'],
  ['application/json', 'code'],
  ['text/javascript', 'code'],
  ['text/x-python', 'code'],
  ['application/zip', 'document'],
]);

const SCRIPTS = ['text/html', 'text/javascript'];
/** The types that the marketplace accepts without an order: no pages, no scripts. */
export const GENERAL_MEDIA: ReadonlyMap<string, MediaType> = new Map(
  [...ORDER_MEDIA].filter(([type]) => !SCRIPTS.includes(type)),
);
