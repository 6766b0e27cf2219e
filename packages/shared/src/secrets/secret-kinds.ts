/**
 * The forms of one kind of secret. Each reader of a text weighs a leak against a false alarm
 * differently, so a kind has up to three patterns.
 */
interface SecretKind {
  /**
   * In our own texts and logs. The part in parentheses stays, so that a reader knows the kind of
   * the secret. The text may be a line of JSON: a letter before a secret may belong to an escape
   * such as `\n`.
   */
  own: RegExp;
  /**
   * In the output of a foreign service or program, which may quote a secret in part. The part in
   * parentheses stays. Without a pattern, `own` applies.
   */
  foreign?: RegExp;
  /**
   * In a text for a buyer. The part in parentheses is random in a real secret. Log redaction may
   * remove too much. But a false alarm here stops an ordinary order, so a documented placeholder
   * must pass.
   */
  likely?: RegExp;
  /** A real secret of this kind may have few digits, or none. */
  hasFewDigits?: true;
}

/** Every kind of secret that the product recognises by its form. */
export const SECRET_KINDS = {
  /**
   * A key of the marketplace has a digit. A value without a digit is a name, for example of a
   * folder, and a hint must be able to show the name.
   */
  marketplaceKey: {
    own: /(atelier_)(?=[A-Za-z_+=-]*\d)[A-Za-z0-9_+=-]{4,}/,
    foreign: /\b(atelier_)[\w+/=*-]{4,}/,
    likely: /\batelier_([A-Za-z0-9_+=-]{12,})/,
  },
  webhookSecret: {
    own: /(whsec_)[A-Za-z0-9_+/=-]{4,}/,
    foreign: /\b(whsec_)[\w+/=*-]{4,}/,
    likely: /\bwhsec_([A-Za-z0-9_+/=-]{12,})/,
  },
  /** Keys of models: `sk-…`, `sk-proj-…`. */
  modelKey: {
    own: /(?<!(?<!\\)[A-Za-z0-9])(sk-)[A-Za-z0-9_-]{16,}/,
    foreign: /\b(sk-)[\w+/=*-]{4,}/,
    likely: /\bsk-([A-Za-z0-9_-]{16,})/,
  },
  bearerToken: {
    own: /(Bearer )[A-Za-z0-9._~+/=-]{16,}/,
    foreign: /\b(Bearer\s+)[^\s"',;]+/,
    likely: /\bBearer ([A-Za-z0-9._~+/=-]{16,})/,
  },
  basicCredentials: {
    own: /([Aa]uthorization: Basic )[A-Za-z0-9+/=]{8,}/,
    likely: /\b[Aa]uthorization: Basic ([A-Za-z0-9+/=]{16,})/,
  },
  codeHostToken: {
    own: /(gh[opsu]_|github_pat_)[A-Za-z0-9_]{20,}/,
    likely: /\b(?:gh[opsu]|github_pat)_([A-Za-z0-9_]{20,})/,
  },
  /** Header and payload of a JSON Web Token are JSON objects, which begin with `{"`. */
  jsonWebToken: {
    own: /(eyJ)[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+/,
  },
  awsAccessKey: {
    own: /(AKIA|ASIA)[A-Z0-9]{16}/,
    foreign: /\b(AKIA|ASIA)[\w+/=*-]{4,}/,
    likely: /\b(?:AKIA|ASIA)([A-Z0-9]{16})\b/,
    hasFewDigits: true,
  },
  privateKey: {
    own: /(-----BEGIN [A-Z ]*PRIVATE KEY-----)(?:\s|\\[rn])+[A-Za-z0-9+/=](?:[A-Za-z0-9+/=\s]|\\[rn])*/,
    likely: /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+([A-Za-z0-9+/=\s]{40,})/,
    hasFewDigits: true,
  },
  /**
   * A password inside a URL, as in the errors of a Redis client. It ends before the host, and never
   * beyond a JSON string. A placeholder for a password in a hint stays:
   * `redis://[user:password@]host`.
   */
  urlPassword: {
    own: /(:\/\/[^\s:/@"\\]*:)(?!(?:password|<[^>@]*>|\*+|…|\[redacted\])@)[^\s/"\\]+(?=@)/,
  },
} as const satisfies Record<string, SecretKind>;

export const KINDS: readonly SecretKind[] = Object.values(SECRET_KINDS);

/** Stands for a secret that was removed. */
export const MARK = '[redacted]';
