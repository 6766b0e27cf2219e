import { buyerLabel, type OrderRecord, orderTitle } from '@fulfillment/shared';
import type { OrderTextsRow } from '../database/schema.ts';
import { redacted, redactedOrNull, storable } from './text.ts';

/** After these characters, each pair of characters of the text is followed by a third. */
const SEARCH_END = '\n\n';

/** The texts of an order, and the text in which a filter finds words. */
export function projectTexts(key: string, { orderId, snapshot }: OrderRecord): OrderTextsRow {
  const found = [
    orderId,
    ...(snapshot === null
      ? []
      : [
          buyerLabel(snapshot),
          snapshot.clientUsername,
          snapshot.clientWallet,
          snapshot.clientAgentId,
          snapshot.serviceId,
          orderTitle(snapshot),
          snapshot.brief,
          snapshot.briefEnglish,
        ]),
  ];
  return {
    order_key: key,
    brief: redacted(snapshot?.brief ?? ''),
    brief_english: redactedOrNull(snapshot?.briefEnglish),
    search: `${searchable(redacted(found.filter((text) => text !== null).join('\n')))}${SEARCH_END}`,
  };
}

/** A text in the form in which filters search it. */
export function searchable(text: string): string {
  return storable(text.toLowerCase());
}
