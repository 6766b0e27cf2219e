import type { Redis, Result } from 'ioredis';
import { defineScripts, readScripts } from './scripts.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    releaseLock(lock: string, token: string): Result<number, Context>;
    takeLock(lock: string, token: string, ms: number): Result<number | null, Context>;
    extendLock(lock: string, token: string, ms: number): Result<number | null, Context>;
    keepLock(...args: [lock: string, token: string, kept: string, endsAt: number]): Result<number, Context>;
    probeRedis(storedClock: string, open: string): Result<[hadTime: number, steppedBackMs: number], Context>;
    probeWrite(key: string, otherKey: string): Result<number, Context>;
  }
}

const SCRIPTS = readScripts(new URL('./lua/', import.meta.url));

/** Defines the scripts for locks and probes as commands of a connection. */
export function defineCommands(redis: Redis): void {
  defineScripts(redis, SCRIPTS);
}
