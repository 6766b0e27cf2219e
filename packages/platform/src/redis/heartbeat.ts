import { type Redis, ReplyError } from 'ioredis';

/** How often a connection is asked for a sign of life, and after how many questions without an answer it counts as dead. */
export interface Heartbeat {
  everyMs: number;
  misses: number;
}

/** Dead after 15 to 20 s. BullMQ watches its own blocking connections. */
export const HEARTBEAT: Heartbeat = { everyMs: 5000, misses: 3 };

/**
 * Gives a connection up that is open and says nothing, and has it made anew: a way that drops packets tells neither end, and
 * commands would wait on it for ever. Questions are counted, not seconds: a process that was frozen meanwhile asks once more
 * before it judges. Ends with the connection.
 * @param lost called when the connection is given up.
 */
export function keepAlive(redis: Redis, { everyMs, misses }: Heartbeat, lost: () => void): void {
  let unanswered = 0;
  const answered = (): void => {
    unanswered = 0;
  };
  const ask = (): void => {
    if (redis.status !== 'ready') return;
    if (unanswered >= misses) {
      unanswered = 0;
      lost();
      redis.disconnect(true);
      return;
    }
    unanswered += 1;
    redis.ping().then(answered, (error: unknown) => {
      // Redis said no, which is an answer; running out of time is none.
      if (error instanceof ReplyError) answered();
    });
  };
  const timer = setInterval(ask, everyMs);
  timer.unref();
  // A connection that broke, and is made anew, begins anew.
  redis.on('ready', answered);
  redis.on('end', () => clearInterval(timer));
}
