import type { Redis, Result } from 'ioredis';
import { defineScripts, readScripts } from '../redis/scripts.ts';

/**
 * The first arguments of every script. `now` replaces Redis' clock, in ms. Empty: Redis' clock
 * counts.
 */
export type CallArguments = [budget: string, now: number | '', windowMs: number, row: string, earns: 1 | 0];

declare module 'ioredis' {
  interface RedisCommander<Context> {
    admitCall(
      ...args: [
        ...CallArguments,
        callClass: string,
        ceiling: number,
        waiting: number,
        generating: number,
        yields: 1 | 0,
        unseenMs: number,
      ]
    ): Result<
      [
        admitted: number,
        waitMs: number,
        isRefused: number,
        followsRefusal: number,
        window?: number,
        edgeAt?: number,
      ],
      Context
    >;
    refuseCall(
      ...args: [...CallArguments, namedMs: number, endsWindow: 1 | 0]
    ): Result<[waitMs: number, refusedForMs: number], Context>;
    acceptCall(...args: CallArguments): Result<number, Context>;
    giveCallBack(...args: [...CallArguments, window: number, edgeAt: number]): Result<number, Context>;
  }
}

const SCRIPTS = readScripts(new URL('./lua/', import.meta.url));

/** Defines the scripts for the API budget as commands of a connection. */
export function defineCommands(redis: Redis): void {
  defineScripts(redis, SCRIPTS);
}
