import type { OrderRecord, OrderRef } from '@fulfillment/shared';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { type OrderSummary, readSummary } from '../record-store/order-summary.ts';
import { partsOfHash, readRecord } from '../record-store/read-record.ts';
import type { RedisKeys } from '../redis/keys.ts';
import { readStored } from '../redis/stored-json.ts';

/** A record, and the summary of its last decision. */
export interface SettledRecord {
  record: OrderRecord;
  summary: OrderSummary;
  /**
   * Since when the attentions of the summary are open, in ms since the epoch, by their keys. An
   * attention that an earlier version opened is missing.
   */
  attentionSince: ReadonlyMap<string, number>;
}

/** Reads records for the ledger. */
export interface RecordReader {
  /** The records of many orders, in the order of `refs`. Null: the order has no record. */
  read(refs: readonly OrderRef[]): Promise<(SettledRecord | null)[]>;
}

/** Reads the records in Redis. */
export function recordReader(redis: Redis, keys: RedisKeys): RecordReader {
  return {
    async read(refs) {
      if (refs.length === 0) return [];
      const pipeline = redis.pipeline();
      for (const ref of refs) pipeline.hgetall(keys.record(ref));
      const answers = (await pipeline.exec()) ?? [];
      return refs.map((ref, index) => {
        const [error, answer] = answers[index] ?? [null, null];
        if (error) throw error;
        const parts = partsOfHash(answer as Record<string, string>);
        const record = readRecord(ref, parts);
        if (record === null) return null;
        const { fields } = parts;
        const summary = readSummary(fields.summary ?? null, ref);
        return { record, summary, attentionSince: readTimes(fields.attentionSince) };
      });
    },
  };
}

const timesSchema = z.record(z.string(), z.unknown());

/** A damaged text has no times. */
function readTimes(text: string | undefined): Map<string, number> {
  const times = readStored(timesSchema, text) ?? {};
  return new Map(
    Object.entries(times).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
