import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Field names whose values never reach a log. */
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

/** What a secret looks like, wherever it stands in a text; it may follow an escape such as `\\n`. */
const SECRET_TEXT = /(atelier_|whsec_)[A-Za-z0-9_+/=-]{4,}/g;
/** A password inside a URL, as a Redis client puts it into its errors. Ends before the host, and never beyond a JSON string. */
const URL_PASSWORD = /(\w+:\/\/[^\s:/@"\\]*:)[^\s/"\\]+@/g;
/** A field of a secret's name, at any depth of a line of JSON. */
const SECRET_FIELD = new RegExp(`("(?:${SECRET_FIELDS.join('|')})":)"(?:[^"\\\\]|\\\\.)*"`, 'gi');

/** Takes keys, webhook secrets and URL passwords out of a text. */
export function withoutSecrets(text: string): string {
  return text.replace(SECRET_TEXT, '$1[redacted]').replace(URL_PASSWORD, '$1[redacted]@');
}

/** A line of the log without secrets. */
function redactLine(line: string): string {
  return withoutSecrets(line).replace(SECRET_FIELD, '$1"[redacted]"');
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
      streamWrite: redactLine,
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
