import type { OrderRecord, OrderRef } from '@fulfillment/shared';
import type { StoredRecord } from './commands.ts';
import { readRecord } from './read-record.ts';

/** A record, and the time of its load. */
export interface LoadedRecord extends OrderRecord {
  /** When the record was loaded, by Redis' clock, in ms. Decisions use this time. */
  loadedAt: number;
}

/**
 * Reads the answer of a script that loads a record.
 * @returns null without a record.
 */
export function readLoaded(ref: OrderRef, [time, stored]: StoredRecord): LoadedRecord | null {
  const record = readRecord(ref, fieldsOf(stored));
  return record && { ...record, loadedAt: Number(time) };
}

/** The fields of a record's hash. */
export function fieldsOf(stored: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let place = 0; place < stored.length; place += 2)
    fields[stored[place] ?? ''] = stored[place + 1] ?? '';
  return fields;
}

/**
 * As `readLoaded`, after a write to the record.
 * @throws Error without a record.
 */
export function readWritten(ref: OrderRef, stored: StoredRecord): LoadedRecord {
  const record = readLoaded(ref, stored);
  if (record === null)
    throw new Error(`The record of order ${ref.orderId} is not there after it was written.`);
  return record;
}
