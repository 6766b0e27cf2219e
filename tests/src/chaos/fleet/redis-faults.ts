import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type RunningProcess, waitFor } from '@fulfillment/processes';

/** Faults of a Redis that still answers. Each fault ends after its time. */
export const REDIS_FAULTS = ['redis out of memory', 'redis read-only', 'redis mute in handshakes'] as const;
export type RedisFault = (typeof REDIS_FAULTS)[number];

/** One byte: every command that may need memory is rejected. 0: no limit. */
const NO_MEMORY = 1;
/**
 * Nobody listens at this address. The server waits for that primary and rejects writes, while its
 * connections stay open.
 */
const NO_PRIMARY = '127.0.0.1 1';
const ANSWER_MS = 5000;

/** Makes a server misbehave for a while. */
export async function misbehave(
  { port, server }: { port: number; server: RunningProcess },
  fault: RedisFault,
  ms: number,
): Promise<void> {
  switch (fault) {
    case 'redis out of memory':
      await command(port, `CONFIG SET maxmemory ${NO_MEMORY}`);
      await delay(ms);
      await command(port, 'CONFIG SET maxmemory 0');
      return;
    case 'redis read-only':
      // As after a failover: the old primary is now a replica, and clients are still connected to
      // it.
      await command(port, `REPLICAOF ${NO_PRIMARY}`);
      await delay(ms);
      await command(port, 'REPLICAOF NO ONE');
      return;
    case 'redis mute in handshakes':
      // The kernel accepts the new connections of clients that lost theirs, and nobody reads their
      // data.
      await command(port, 'CLIENT KILL TYPE normal', 'CLIENT KILL TYPE pubsub');
      server.kill('SIGSTOP');
      await delay(ms);
      server.kill('SIGCONT');
  }
}

/**
 * Sends commands in Redis' inline form, over a separate connection. It asks a freshly started
 * server again until the server has read its file.
 * @throws Error if Redis rejects a command.
 */
export async function command(port: number, ...lines: readonly string[]): Promise<void> {
  const answer = await waitFor('Redis to have read its file', async () => {
    const text = await ask(port, lines);
    return /^-LOADING/m.test(text) ? null : text;
  });
  if (/^-/m.test(answer)) throw new Error(`Redis rejected ${lines.join('; ')}: ${answer.trim()}`);
}

async function ask(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', timeout: ANSWER_MS });
  socket.on('timeout', () => socket.destroy(new Error(`Redis did not answer ${lines.join('; ')}`)));
  socket.end(`${[...lines, 'QUIT'].join('\r\n')}\r\n`);
  return (await socket.setEncoding('utf8').toArray()).join('');
}
