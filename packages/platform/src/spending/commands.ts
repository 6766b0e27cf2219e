import type { Redis, Result } from 'ioredis';
import { defineScripts, readScripts } from '../redis/scripts.ts';

type Reservation = [outcome: 'reserved' | 'spent' | 'wait', spentUsd: string, othersUsd: string];

declare module 'ioredis' {
  interface RedisCommander<Context> {
    reserveSpending(
      ...args: [
        spentToday: string,
        reserved: string,
        dearestCost: string,
        id: string,
        limitUsd: number,
        estimateUsd: number | '',
        leaseMs: number,
        keepMs: number,
      ]
    ): Result<Reservation, Context>;
    renewSpending(reserved: string, id: string, leaseMs: number): Result<number, Context>;
    addSpending(
      ...args: [spentToday: string, reserved: string, id: string, costUsd: number, keepMs: number]
    ): Result<number, Context>;
    settleSpending(
      ...args: [reserved: string, dearestCost: string, id: string, hasResult: '1' | '0', keepMs: number]
    ): Result<number, Context>;
  }
}

const SCRIPTS = readScripts(new URL('./lua/', import.meta.url));

/** Defines the scripts for handlers' daily spending as commands of a connection. */
export function defineCommands(redis: Redis): void {
  defineScripts(redis, SCRIPTS);
}
