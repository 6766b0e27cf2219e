import type { Redis, Result } from 'ioredis';
import type { AppendArguments, StoredRecord } from '../record-store/commands.ts';
import { defineScripts, readScripts } from '../redis/scripts.ts';

type LeaseKeys = [record: string, orders: string, open: string, lease: string];
/** The rest of `AppendArguments`, after its keys. */
type FactArguments = AppendArguments extends [string, string, string, ...infer Rest] ? Rest : never;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    takeWriteLease(
      ...args: [record: string, lease: string, token: string, ms: number]
    ): Result<[1, ...StoredRecord] | [0, holder: string, leftMs: number], Context>;
    beginWrite(
      ...args: [...LeaseKeys, token: string, ms: number, mark: string, id: string, ...FactArguments]
    ): Result<StoredRecord | null, Context>;
    endWrite(
      ...args: [...LeaseKeys, token: string, mark: string, marked: string, ...FactArguments]
    ): Result<StoredRecord, Context>;
  }
}

const SCRIPTS = readScripts(new URL('./lua/', import.meta.url));

/** Defines the scripts for steps that write to the marketplace as commands of a connection. */
export function defineCommands(redis: Redis): void {
  defineScripts(redis, SCRIPTS);
}
