import { connect } from 'node:net';

const ANSWER_TIMEOUT_MS = 1000;

/** Whether a Redis answers on a port of loopback. */
export async function isRedisAlive(port: number): Promise<boolean> {
  return (await redisRunId(port)) !== null;
}

/**
 * The id of one run of a Redis server on a port of loopback. Null if no server answers. Another
 * server that takes the same port later has another id.
 */
export function redisRunId(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: ANSWER_TIMEOUT_MS });
    let text = '';
    const answer = () => {
      socket.destroy();
      resolve(/^run_id:(\w+)\r\n/m.exec(text)?.[1] ?? null);
    };
    socket.setEncoding('utf8').on('connect', () => socket.write('INFO server\r\nQUIT\r\n'));
    socket.on('data', (data: string) => {
      text += data;
    });
    for (const event of ['end', 'error', 'timeout']) socket.on(event, answer);
  });
}
