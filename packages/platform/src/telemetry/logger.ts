import { lineWithoutSecrets } from '@fulfillment/shared';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { uniqueFields } from './unique-fields.ts';

export type { Logger } from 'pino';

/**
 * The logger of a process: one JSON line for each event, or readable text on a terminal.
 * @param destination for tests. Default: standard output.
 */
export function createLogger(app: string, level: string, destination?: DestinationStream): Logger {
  const pretty = destination === undefined && process.stdout.isTTY === true;
  const unique = uniqueFields();
  const options: LoggerOptions = {
    name: app,
    level,
    hooks: {
      streamWrite: lineWithoutSecrets,
      logMethod([fields, ...rest], method) {
        method.apply(this, [unique.call(this, fields) as typeof fields, ...rest]);
      },
    },
    serializers: { err: withoutArguments },
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

/**
 * An error reply of Redis carries its command with all arguments, such as the password of AUTH or
 * the brief of an order. The name of the command is enough.
 */
function withoutArguments(error: Error): object {
  const { command, previousErrors: _, ...rest } = pino.stdSerializers.err(error);
  const hasName = typeof command === 'object' && command !== null && 'name' in command;
  return hasName ? { ...rest, command: command.name } : rest;
}
