import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Field names whose values never reach a log, at the top level and one level down. */
const SECRET_FIELDS = [
  'apiKey',
  'api_key',
  'webhookSecret',
  'webhook_secret',
  'password',
  'secret',
  'authorization',
  'cookie',
  'token',
];

/** What a secret looks like, wherever it stands in a text. */
const SECRET_TEXT = /\b(atelier_|whsec_)[A-Za-z0-9_-]{4,}/g;
/** A password inside a URL, as a Redis client puts it into its errors. */
const URL_PASSWORD = /(\w+:\/\/[^\s:/@]*:)[^\s@/]+@/g;

/** Takes keys, webhook secrets and URL passwords out of a text. */
export function withoutSecrets(text: string): string {
  return text.replace(SECRET_TEXT, '$1[redacted]').replace(URL_PASSWORD, '$1[redacted]@');
}

/**
 * The logger of a process: one JSON line for each thing that happened; readable text on a terminal.
 * @param destination for tests; standard output otherwise.
 */
export function createLogger(app: string, level: string, destination?: DestinationStream): Logger {
  const pretty = destination === undefined && process.stdout.isTTY === true;
  const options = {
    name: app,
    level,
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
    hooks: {
      streamWrite: withoutSecrets,
    },
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
