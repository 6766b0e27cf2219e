import { lineWithoutSecrets } from '@fulfillment/shared';
import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/**
 * The logger of a process: one JSON line for each thing that happened; readable text on a terminal.
 * @param destination for tests; standard output otherwise.
 */
export function createLogger(app: string, level: string, destination?: DestinationStream): Logger {
  const pretty = destination === undefined && process.stdout.isTTY === true;
  const options = {
    name: app,
    level,
    hooks: { streamWrite: lineWithoutSecrets },
    ...(pretty
      ? {
          transport: {
            target: 'pino-pretty',
            options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l' },
          },
        }
      : {}),
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
