import type { OrderRecord, OrderRef } from '@fulfillment/shared';
import type { StoredRecord } from './commands.ts';
import { partsOf, readRecord } from './read-record.ts';

/** A record, and the time of its load. */
export interface LoadedRecord extends OrderRecord {
  /** When the record was loaded, by Redis' clock, in ms. Decisions use this time. */
  loadedAt: number;
  /** The marks of writes whose outcome is unknown, by their fields (see `OpenWrites`). */
  marks: Readonly<Record<string, string>>;
}

/**
 * Reads the answer of a script that loads a record.
 * @returns null without a record.
 */
export function readLoaded(ref: OrderRef, [time, stored]: StoredRecord): LoadedRecord | null {
  const parts = partsOf(stored);
  const record = readRecord(ref, parts);
  return record && { ...record, loadedAt: Number(time), marks: parts.marks };
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
