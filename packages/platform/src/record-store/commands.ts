import type { Redis, Result } from 'ioredis';
import {
  APPEND,
  APPEND_AND_LOAD,
  FORGET,
  LOAD,
  NOTE_SERVICE,
  NOTE_THREAD,
  OBSERVE,
  OBSERVE_AND_LOAD,
  SETTLE,
} from './scripts.ts';

/** The time in ms, and an array of a record's alternating fields and values. */
export type StoredRecord = [string, string[]];
export type AppendKeys = [record: string, orders: string, open: string];
export type ObserveKeys = [...AppendKeys, changes: string, services: string];

declare module 'ioredis' {
  interface RedisCommander<Context> {
    loadRecord(record: string): Result<StoredRecord, Context>;
    appendFacts(...args: [...AppendKeys, ...string[]]): Result<number, Context>;
    appendFactsAndLoad(...args: [...AppendKeys, ...string[]]): Result<StoredRecord, Context>;
    noteThread(...args: [...AppendKeys, ...string[]]): Result<StoredRecord, Context>;
    observeOrder(...args: [...ObserveKeys, ...string[]]): Result<number, Context>;
    observeOrderAndLoad(...args: [...ObserveKeys, ...string[]]): Result<[number, StoredRecord], Context>;
    noteService(record: string, service: string): Result<StoredRecord, Context>;
    settleOrder(
      record: string,
      open: string,
      attention: string,
      finished: string,
      ...args: string[]
    ): Result<number, Context>;
    forgetOrder(
      record: string,
      orders: string,
      open: string,
      attention: string,
      finished: string,
      leftBehind: string,
      member: string,
    ): Result<number, Context>;
  }
}

/**
 * Defines the record store's scripts as commands of a connection. After the first use Redis knows
 * each script by its hash.
 */
export function defineCommands(redis: Redis): void {
  redis.defineCommand('loadRecord', { lua: LOAD, numberOfKeys: 1 });
  redis.defineCommand('appendFacts', { lua: APPEND, numberOfKeys: 3 });
  redis.defineCommand('appendFactsAndLoad', { lua: APPEND_AND_LOAD, numberOfKeys: 3 });
  redis.defineCommand('noteThread', { lua: NOTE_THREAD, numberOfKeys: 3 });
  redis.defineCommand('observeOrder', { lua: OBSERVE, numberOfKeys: 5 });
  redis.defineCommand('observeOrderAndLoad', { lua: OBSERVE_AND_LOAD, numberOfKeys: 5 });
  redis.defineCommand('noteService', { lua: NOTE_SERVICE, numberOfKeys: 1 });
  redis.defineCommand('settleOrder', { lua: SETTLE, numberOfKeys: 4 });
  redis.defineCommand('forgetOrder', { lua: FORGET, numberOfKeys: 6 });
}
