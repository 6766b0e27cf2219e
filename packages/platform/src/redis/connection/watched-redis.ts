import { Redis, type RedisOptions } from 'ioredis';
import { HEARTBEAT, watchHandshake } from './heartbeat.ts';

type SendCommand = Parameters<Redis['sendCommand']>;

/**
 * A connection that sends the commands of one turn of the event loop in one write to the socket.
 * By default each command is a system call of its own, which takes longer than the command. Nothing
 * else changes: the order, the answers and the errors of the commands are those of ioredis.
 *
 * BullMQ copies a worker's connection for its blocking commands. The copies also watch their
 * handshake.
 */
export class WatchedRedis extends Redis {
  heartbeat = HEARTBEAT;
  /** The socket that collects the commands of this turn. */
  #collecting: Redis['stream'] | null = null;

  override sendCommand(...args: SendCommand): unknown {
    this.#collect();
    return super.sendCommand(...args);
  }

  override duplicate(override?: Partial<RedisOptions>): Redis {
    const copy = super.duplicate(override);
    // The owner of the copy notices the loss by the errors that follow.
    watchHandshake(copy, this.heartbeat, () => undefined);
    return copy;
  }

  #collect(): void {
    const socket = this.stream;
    // There is no socket before the first connection, and a new one after each loss.
    if (socket === undefined || this.#collecting === socket) return;
    this.#collecting = socket;
    socket.cork();
    // After the promises that are already settled: their continuations send commands, too.
    process.nextTick(() => {
      socket.uncork();
      if (this.#collecting === socket) this.#collecting = null;
    });
  }
}
