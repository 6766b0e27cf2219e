import type { Redis, Result } from 'ioredis';
import { defineScripts, readScripts } from '../redis/scripts.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    takeChanges(feed: string, limit: number, restUs: number): Result<string[], Context>;
    clearChanges(feed: string, channel: string, ...membersAndVersions: string[]): Result<number, Context>;
  }
}

const SCRIPTS = readScripts(new URL('./lua/', import.meta.url));

/** Defines the change feed's scripts as commands of a connection. */
export function defineCommands(redis: Redis): void {
  defineScripts(redis, SCRIPTS);
}
