const MARK = '[redacted]';
/** A shorter value may be a word, and would be removed from every text that contains the word. */
const LEAST_LENGTH = 8;
/**
 * If only its variable's name marks a value as secret, short letters of one case are probably a
 * word. A value of such letters is a secret from this length on.
 */
const LEAST_LENGTH_OF_LETTERS = 12;
/** Variables whose name marks a secret. */
const SECRET_NAME = /(KEY|SECRET|PASSWORD|TOKEN|PASSPHRASE|CREDENTIALS?|_PASS|_PWD)$/i;
/** Names of credentials often hold the path of a file: an error must be able to show the path. */
const PATH_OF_CREDENTIALS = /CREDENTIALS?=\.{0,2}\//i;
const URL_PASSWORD = /:\/\/[^\s:/@]*:(.+)@/;

/**
 * The forms of secrets anywhere in a text. The part in parentheses stays. The text may be a line of
 * JSON, so that a letter before a secret may belong to an escape such as `\n`.
 */
const LOOKS = [
  // A key has a digit. A value without a digit is a name, for example of a folder, and a hint must
  // be able to show the name.
  /(atelier_)(?=[A-Za-z_+=-]*\d)[A-Za-z0-9_+=-]{4,}/,
  /(whsec_)[A-Za-z0-9_+/=-]{4,}/,
  // Keys of models: sk-…, sk-proj-…
  /(?<!(?<!\\)[A-Za-z0-9])(sk-)[A-Za-z0-9_-]{16,}/,
  /(Bearer )[A-Za-z0-9._~+/=-]{16,}/,
  /([Aa]uthorization: Basic )[A-Za-z0-9+/=]{8,}/,
  // Tokens of GitHub.
  /(gh[opsu]_|github_pat_)[A-Za-z0-9_]{20,}/,
  // JSON Web Tokens: header and payload are JSON objects, which begin with `{"`.
  /(eyJ)[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+/,
  // Access keys of AWS.
  /(AKIA|ASIA)[A-Z0-9]{16}/,
  // A password inside a URL, as in the errors of a Redis client. Ends before the host, and never
  // beyond a JSON string. A placeholder for a password in a hint stays:
  // `redis://[user:password@]host`.
  /(:\/\/[^\s:/@"\\]*:)(?!(?:password|<[^>@]*>|\*+|…|\[redacted\])@)[^\s/"\\]+(?=@)/,
].map(({ source }) => source);
const KEPT = LOOKS.map((_, index) => `$${index + 1}`).join('');

const known = new Set<string>();
let pattern = patternOf();

/**
 * Remembers values that no text may show from now on. Ignores absent values, values shorter than 8
 * characters, and numbers.
 */
export function keepSecret(...values: (string | null | undefined)[]): void {
  const before = known.size;
  for (const value of values) {
    if (value === null || value === undefined || value.length < LEAST_LENGTH || /^\d+$/.test(value)) continue;
    // The value itself, its form in a line of JSON, and its form in a URL.
    for (const form of [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)])
      known.add(form);
  }
  if (known.size > before) pattern = patternOf();
}

/**
 * Whether a text contains a secret that this process knows. A mere resemblance to a secret does not
 * count.
 */
export function holdsKnownSecret(text: string): boolean {
  return [...known].some((value) => text.includes(value));
}

/**
 * The secrets of an environment: the passwords in URLs, and variables with the name of a secret
 * (`SECRET_NAME`) whose value is not a word.
 */
export function secretsIn(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env).flatMap(([name, value = '']) => {
    const password = URL_PASSWORD.exec(value)?.[1];
    return [
      ...(SECRET_NAME.test(name) && !isWord(value) && !PATH_OF_CREDENTIALS.test(`${name}=${value}`)
        ? [value]
        : []),
      ...(password === undefined || isWord(password) ? [] : [password, decoded(password)]),
    ];
  });
}

function isWord(value: string): boolean {
  return value.length < LEAST_LENGTH_OF_LETTERS && /^(\p{Ll}*|\p{Lu}*)$/u.test(value);
}

/** Removes known secrets, and everything that looks like a secret, from a text. */
export function withoutSecrets(text: string): string {
  return text.replace(pattern, `${KEPT}${MARK}`);
}

/**
 * Builds one pattern for all secrets, since every line of the log goes through it. The longest
 * secret comes first, because one secret may begin with another.
 */
function patternOf(): RegExp {
  const values = [...known].sort((a, b) => b.length - a.length).map(escaped);
  return new RegExp([...values, ...LOOKS].join('|'), 'g');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch {
    // A percent sign that encodes nothing is a literal percent sign.
    return password;
  }
}

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
