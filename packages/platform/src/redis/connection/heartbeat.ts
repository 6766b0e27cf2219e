import { type Redis, ReplyError } from 'ioredis';

/** How often a connection is pinged, and after how many unanswered pings it counts as dead. */
export interface Heartbeat {
  everyMs: number;
  misses: number;
  /** How long a handshake may take, from the open socket to the first command, in ms. */
  handshakeMs: number;
}

/** Dead after 15 to 20 s. BullMQ watches its own blocking commands. */
export const HEARTBEAT: Heartbeat = { everyMs: 5000, misses: 3, handshakeMs: 10_000 };

/**
 * Reconnects a connection that is open and silent. A network that drops packets notifies neither
 * end, and commands would wait without limit. The heartbeat counts pings, not seconds: a process
 * that was frozen meanwhile pings once more before it judges. The heartbeat ends with the
 * connection.
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
      // An error reply counts as an answer. A ping that timed out does not.
      if (error instanceof ReplyError) answered();
    });
  };
  const timer = setInterval(ask, everyMs);
  timer.unref();
  // A reopened connection starts with no missed ping.
  redis.on('ready', answered);
  redis.on('end', () => clearInterval(timer));
}

/**
 * Reconnects a connection whose handshake does not complete. A server or proxy may accept the
 * connection and stay mute. Neither other guard covers this case: the connect time-out ends when
 * the socket opens, and the heartbeat starts after the handshake.
 * @param lost called when the connection is given up.
 */
export function watchHandshake(redis: Redis, { handshakeMs }: Heartbeat, lost: () => void): void {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => clearTimeout(timer);
  redis.on('connect', () => {
    stop();
    timer = setTimeout(() => {
      if (redis.status !== 'connect') return;
      lost();
      redis.disconnect(true);
    }, handshakeMs);
    timer.unref();
  });
  for (const event of ['ready', 'close', 'end']) redis.on(event, stop);
}
