import { ReplyError } from 'ioredis';

/** Why Redis replied with an error, in classes that an operator can act on. */
export type RedisCause =
  | 'memory'
  | 'disk'
  | 'read-only'
  | 'replicas'
  | 'rights'
  | 'password'
  | 'cluster'
  | 'loading'
  | 'other';

/**
 * Matches by the words of the reply. Inside a script, Redis 6.2 writes its own words before the
 * code, so the code may come anywhere.
 */
const PATTERNS: readonly (readonly [RedisCause, RegExp])[] = [
  ['memory', /\bOOM\b/],
  ['disk', /\bMISCONF\b/],
  ['read-only', /\bREADONLY\b|\bUNBLOCKED\b|\bMASTERDOWN\b/],
  ['replicas', /\bNOREPLICAS\b/],
  ['rights', /\bNOPERM\b|can't run this command|ACL failure/i],
  ['password', /\bWRONGPASS\b|\bNOAUTH\b|invalid (?:username-)?password/i],
  ['cluster', /\bCROSSSLOT\b|\bMOVED\b|\bASK\b|\bCLUSTERDOWN\b|\bTRYAGAIN\b/],
  ['loading', /\bLOADING\b/],
];

const ADVICE: Record<RedisCause, string> = {
  memory: 'Redis has reached its maxmemory: raise maxmemory, or remove what else is kept in this Redis',
  disk: 'Redis cannot write its file: make room on its disk, and see the log of Redis',
  'read-only':
    'This Redis is a read-only replica: wait for the fail-over to end, or set REDIS_URL to the primary',
  replicas: 'Redis has fewer replicas than min-replicas-to-write: start them, or lower that setting',
  rights: 'The Redis user lacks a right: see "The Redis user" in docs/operator/redis.md',
  password: 'Put the right user and password into REDIS_URL',
  cluster: 'This Redis is a Cluster node: set REDIS_URL to a Redis that runs without cluster mode',
  loading: 'Redis reads its data from disk: wait until it has',
  other: 'See the log of Redis',
};

/** @returns why Redis answered with an error. Null: the error is not an answer of Redis. */
export function redisCause(error: unknown): RedisCause | null {
  if (!(error instanceof Error)) return null;
  const isReply = error instanceof ReplyError || error.message.startsWith('Ready check failed');
  if (!isReply) return null;
  const text = discardReason(error) ?? error.message;
  return PATTERNS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other';
}

/**
 * Says why Redis discarded a transaction. Its own error (EXECABORT) does not: the reason is in the
 * answer to one of the transaction's commands.
 * @returns null for every other error.
 */
export function discardReason(error: Error): string | null {
  if (!('previousErrors' in error) || !Array.isArray(error.previousErrors)) return null;
  const [first] = error.previousErrors;
  return first instanceof Error ? first.message : null;
}

/** What an operator can do about it, in one sentence. */
export function redisAdvice(cause: RedisCause): string {
  return ADVICE[cause];
}

const CONNECTION_ERRORS =
  /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|Connection is closed|connection close|max retries per request|Command timed out|Stream isn't writeable/i;

/** Whether an error says that Redis could not be reached. */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof ReplyError) return false;
  const code = 'code' in error ? String(error.code) : '';
  return CONNECTION_ERRORS.test(`${code} ${error.message}`);
}

/**
 * Whether Redis refused the database that REDIS_URL names. The connection would go on with database
 * 0.
 */
export function isDatabaseRefusal(error: Error): boolean {
  if (!(error instanceof ReplyError)) return false;
  const command: unknown = 'command' in error ? error.command : null;
  return typeof command === 'object' && command !== null && 'name' in command && command.name === 'select';
}

/** The address of a Redis without user and password, for logs and pages. */
export function redisAddress(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
