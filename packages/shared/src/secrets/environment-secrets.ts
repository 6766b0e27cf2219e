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

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch {
    // A percent sign that encodes nothing is a literal percent sign.
    return password;
  }
}
