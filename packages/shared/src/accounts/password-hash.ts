import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** In UTF-16 units. */
export const SHORTEST_PASSWORD = 8;

/** The cost as a power of two. One derivation takes some 50 ms and 32 MB. */
const COST = 15;
const BLOCK_SIZE = 8;
const PARALLELISM = 1;
const SALT_BYTES = 16;
const KEY_BYTES = 32;

const FORMAT = /^scrypt:(\d\d):(\d\d?):(\d\d?):([A-Za-z0-9_-]{22,86}):([A-Za-z0-9_-]{43})$/;

interface Parts {
  cost: number;
  blockSize: number;
  parallelism: number;
  salt: Buffer;
  key: Buffer;
}

/**
 * Hashes a password for the configuration file.
 * @returns `scrypt:<cost>:<block size>:<parallelism>:<salt>:<key>`. A `.env` file and a shell can
 * hold the text without quotation marks.
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await deriveKey(password, {
    cost: COST,
    blockSize: BLOCK_SIZE,
    parallelism: PARALLELISM,
    salt,
  });
  return [
    'scrypt',
    COST,
    BLOCK_SIZE,
    PARALLELISM,
    salt.toString('base64url'),
    key.toString('base64url'),
  ].join(':');
}

/** Whether a text is a hash of `hashPassword`, with a cost that a login can afford. */
export function isPasswordHash(text: string): boolean {
  return parse(text) !== null;
}

/** Whether a password belongs to a hash. False for a text that is not a hash. */
export async function isPasswordOf(hash: string, password: string): Promise<boolean> {
  const parts = parse(hash);
  if (parts === null) return false;
  return timingSafeEqual(await deriveKey(password, parts), parts.key);
}

function deriveKey(password: string, { cost, blockSize, parallelism, salt }: Omit<Parts, 'key'>) {
  const N = 2 ** cost;
  const options = { N, r: blockSize, p: parallelism, maxmem: 256 * N * blockSize };
  // Unicode has several spellings of one letter, and keyboards differ in the spelling.
  const spelled = password.normalize('NFKC');
  return new Promise<Buffer>((resolve, reject) => {
    scrypt(spelled, salt, KEY_BYTES, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

function parse(text: string): Parts | null {
  const [, cost, blockSize, parallelism, salt, key] = FORMAT.exec(text) ?? [];
  if (salt === undefined || key === undefined) return null;
  const parts = {
    cost: Number(cost),
    blockSize: Number(blockSize),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64url'),
    key: Buffer.from(key, 'base64url'),
  };
  const isAffordable =
    parts.cost >= 14 &&
    parts.cost <= 18 &&
    parts.blockSize >= 8 &&
    parts.blockSize <= 16 &&
    parts.parallelism >= 1 &&
    parts.parallelism <= 4;
  return isAffordable ? parts : null;
}
