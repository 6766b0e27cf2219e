import { contentHash } from '@fulfillment/shared';

/**
 * The id of an element that a text identifies. The element keeps the id as long as the text is the
 * same. A refresh of the open page therefore never puts one element's buttons in the place of
 * another element's.
 */
export function elementId(prefix: string, text: string): string {
  return `${prefix}-${contentHash(text).slice(0, 12)}`;
}
