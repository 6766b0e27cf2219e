import type { Duplex } from 'node:stream';

/** A line longer than this is an error of its sender. In bytes. Messages carry no files. */
const LONGEST_LINE = 32 * 1024 * 1024;

/** Receives the messages of the other process. */
interface LineReceiver<Received> {
  onMessage: (message: Received) => void;
  /** The other end is gone, or sent something that is not a message. Called once. */
  onEnd: (error: Error | null) => void;
}

/** Sends and receives messages over a pipe: one line of JSON each. */
export interface Lines<Sent> {
  /** @param done called when the message was given to the system. */
  send(message: Sent, done?: () => void): void;
  close(): void;
}

/**
 * Node's own channel between processes ends the receiver with an uncaught exception when a message
 * is malformed, and has no limit of size. A handler that writes to a wrong file descriptor would
 * end the worker and all of its orders. Here, such a message ends the channel only.
 */
export function openLines<Sent, Received>(
  pipe: Duplex,
  { onMessage, onEnd }: LineReceiver<Received>,
): Lines<Sent> {
  let parts: Buffer[] = [];
  let length = 0;
  let hasEnded = false;
  const end = (error: Error | null) => {
    if (hasEnded) return;
    hasEnded = true;
    parts = [];
    pipe.destroy();
    onEnd(error);
  };
  const receive = (line: Buffer) => {
    let message: Received;
    try {
      message = JSON.parse(line.toString()) as Received;
    } catch (cause) {
      end(new Error('it sent a message that is not JSON', { cause }));
      return;
    }
    onMessage(message);
  };
  pipe.on('data', (chunk: Buffer) => {
    let rest = chunk;
    for (let at = rest.indexOf(10); at >= 0 && !hasEnded; at = rest.indexOf(10)) {
      const line =
        parts.length === 0 ? rest.subarray(0, at) : Buffer.concat([...parts, rest.subarray(0, at)]);
      parts = [];
      length = 0;
      rest = rest.subarray(at + 1);
      if (line.length > 0) receive(line);
    }
    if (hasEnded || rest.length === 0) return;
    parts.push(rest);
    length += rest.length;
    if (length > LONGEST_LINE) end(new Error(`it sent a message of more than ${LONGEST_LINE} bytes`));
  });
  pipe.on('error', () => end(null));
  pipe.on('close', () => end(null));
  return {
    send(message, done) {
      if (!hasEnded) pipe.write(`${JSON.stringify(message)}\n`, () => done?.());
      else done?.();
    },
    close: () => end(null),
  };
}
