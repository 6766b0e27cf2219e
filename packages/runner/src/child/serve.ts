/**
 * A process that runs the calls of handlers, one at a time. It loads the configuration file of its
 * first argument, and talks to its parent over file descriptor 3.
 */
import { flushCompileCache } from 'node:module';
import { Socket } from 'node:net';
import { loadHandlers } from '../config/load-config.ts';
import { describeHandler } from '../describe-handler.ts';
import { toErrorData } from '../protocol/error-data.ts';
import { type Lines, openLines } from '../protocol/lines.ts';
import type { FromChild, ToChild } from '../protocol/messages.ts';
import { CallServer } from './call-server.ts';

/** How long a last message may take. */
const LAST_MESSAGE_MS = 1000;
const PARENT_PIPE = 3;

/** A supervisor may signal every process of a service. Only the parent decides when a call ends. */
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);

await serve(process.argv[2] ?? '');

async function serve(configFile: string): Promise<void> {
  const pipe = new Socket({ fd: PARENT_PIPE, readable: true, writable: true });
  let server: CallServer | null = null;
  const lines = openLines<FromChild, ToChild>(pipe, {
    // The parent is gone, and nobody would hear of a result.
    onEnd: () => process.exit(1),
    onMessage(message) {
      if (message.type === 'ping') lines.send({ type: 'pong', rss: process.memoryUsage.rss() });
      else if (message.type === 'retire') pipe.unref();
      else server?.receive(message);
    },
  });
  process.on('uncaughtException', (error, origin) =>
    endWith(lines, {
      type: 'fault',
      origin: origin === 'unhandledRejection' ? 'unhandled rejection' : 'uncaught exception',
      error: toErrorData(error),
    }),
  );
  try {
    const { handlers, policy } = await loadHandlers(configFile);
    server = new CallServer(handlers, lines);
    const rss = process.memoryUsage.rss();
    lines.send({ type: 'ready', handlers: handlers.map(describeHandler), policy, rss });
    // A process that is killed would not write its cache.
    setImmediate(flushCompileCache);
  } catch (error) {
    endWith(lines, { type: 'unready', reason: error instanceof Error ? error.message : String(error) });
  }
}

function endWith(lines: Lines<FromChild>, message: FromChild): void {
  lines.send(message, () => process.exit(1));
  setTimeout(() => process.exit(1), LAST_MESSAGE_MS);
}
