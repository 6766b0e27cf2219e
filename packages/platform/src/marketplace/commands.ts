import type { Redis, Result } from 'ioredis';
import { defineScripts, readScripts } from '../redis/scripts.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    noteReadLag(longestLag: string, lagMs: number, rememberedMs: number): Result<number, Context>;
    replaceField(
      ...args: [record: string, field: string, before: string, after: string]
    ): Result<number, Context>;
  }
}

const SCRIPTS = readScripts(new URL('./lua/', import.meta.url));

/** Defines the scripts for reads and writes of the marketplace as commands of a connection. */
export function defineCommands(redis: Redis): void {
  defineScripts(redis, SCRIPTS);
}
