import type { Redis, Result } from 'ioredis';
import { defineScripts, readScripts } from '../redis/scripts.ts';

/** The time in ms, and an array of a record's alternating fields and values. */
export type StoredRecord = [string, string[]];
export type AppendKeys = [record: string, orders: string, open: string];
type ObserveKeys = [...AppendKeys, changes: string, services: string];

/** Facts, in pairs of key and JSON. `firstPlace`: see `FIRST_COUNTED_PLACE`. */
type FactArguments = [firstPlace: number, ...facts: string[]];
export type AppendArguments = [
  ...AppendKeys,
  agentId: string,
  orderId: string,
  member: string,
  isHint: '1' | '0',
  ...FactArguments,
];
export type ObserveArguments = [
  ...ObserveKeys,
  agentId: string,
  orderId: string,
  member: string,
  askedAt: number,
  hintsAnswered: number | '',
  snapshot: string,
  serviceId: string,
  status: string,
  isRead: '1' | '0',
  ...FactArguments,
];

declare module 'ioredis' {
  interface RedisCommander<Context> {
    loadRecord(record: string): Result<StoredRecord, Context>;
    appendFacts(...args: AppendArguments): Result<number, Context>;
    appendFactsAndLoad(...args: AppendArguments): Result<StoredRecord, Context>;
    noteThread(...args: AppendArguments): Result<StoredRecord, Context>;
    observeOrder(...args: ObserveArguments): Result<number, Context>;
    observeOrderAndLoad(...args: ObserveArguments): Result<[number, StoredRecord], Context>;
    noteUnchanged(
      ...args: [record: string, services: string, askedAt: number, storedAt: number, serviceId: string]
    ): Result<number, Context>;
    putOff(open: string, dueAt: number, pairs: string): Result<number, Context>;
    noteService(record: string, service: string): Result<StoredRecord, Context>;
    settleOrder(
      ...args: [
        record: string,
        open: string,
        attention: string,
        finished: string,
        feed: string,
        member: string,
        hintsSettled: number,
        lookAgainAt: number | '',
        openAttentions: string,
        summary: string,
        loadedAt: number,
        factCount: number,
        observedAt: number,
        isFed: '1' | '0',
      ]
    ): Result<number, Context>;
    forgetOrder(
      ...args: [
        record: string,
        orders: string,
        open: string,
        attention: string,
        finished: string,
        leftBehind: string,
        feed: string,
        ledger: string,
        handlerLines: string,
        member: string,
      ]
    ): Result<number, Context>;
    addHandlerLines(key: string, mostBytes: number, keptMs: number, lines: string): Result<null, Context>;
  }
}

const SCRIPTS = readScripts(new URL('./lua/', import.meta.url));

/** Defines the record store's scripts as commands of a connection. */
export function defineCommands(redis: Redis): void {
  defineScripts(redis, SCRIPTS);
}
