import { withoutSecrets } from './process-secrets.ts';
import { MARK } from './secret-kinds.ts';

/** Field names whose values never reach a log, at any depth. */
const SECRET_FIELD = new RegExp(
  `"(?:${[
    'apiKey',
    'api_key',
    'webhookSecret',
    'webhook_secret',
    'password',
    'secret',
    'authorization',
    'cookie',
    'token',
  ].join('|')})":`,
  'gi',
);

/**
 * A line of JSON without secrets. Removes known secrets, text that looks like a secret, and the
 * values of fields with a secret's name.
 */
export function lineWithoutSecrets(line: string): string {
  let safe = '';
  let done = 0;
  SECRET_FIELD.lastIndex = 0;
  for (let field = SECRET_FIELD.exec(line); field !== null; field = SECRET_FIELD.exec(line)) {
    safe += `${line.slice(done, SECRET_FIELD.lastIndex)}"${MARK}"`;
    done = endOfValue(line, SECRET_FIELD.lastIndex);
    SECRET_FIELD.lastIndex = done;
  }
  // This comes last: a known secret may be the name of such a field.
  return withoutSecrets(safe + line.slice(done));
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[[{]|[\]}]|[^"[\]{},\s]+|[,\s]/y;

/** The end of the value that begins at `start`: a string, a number, or a whole list or object. */
function endOfValue(json: string, start: number): number {
  let depth = 0;
  TOKEN.lastIndex = start;
  for (let token = TOKEN.exec(json); token !== null; token = TOKEN.exec(json)) {
    if (/^[[{]/.test(token[0])) depth += 1;
    else if (/^[\]}]/.test(token[0])) depth -= 1;
    if (depth <= 0) return TOKEN.lastIndex;
  }
  return json.length;
}
