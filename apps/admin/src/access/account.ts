import { createHmac, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

/** The one operator account. Without a password there is no login. */
export interface Account {
  user: string;
  password: string | undefined;
}

const KEY_BYTES = 32;

/** Compares in a time that tells nothing of what was right, however long the texts are. */
const compareKey = randomBytes(KEY_BYTES);
function sameText(given: string, expected: string): boolean {
  const digest = (text: string) => createHmac('sha256', compareKey).update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Whether name and password are the account's. Never for an account without a password. */
export function isAccount(account: Account, user: string, password: string): boolean {
  const sameUser = sameText(user, account.user);
  const samePassword = sameText(password, account.password ?? '');
  return account.password !== undefined && sameUser && samePassword;
}

/**
 * The key that signs sessions, from the account alone: sessions outlive a restart and end when name or password change. Deriving it
 * is slow on purpose, so that a stolen cookie is of little use for guessing the password.
 */
export function sessionKey(account: Account): Buffer {
  return scryptSync(
    account.password ?? randomBytes(KEY_BYTES),
    `fulfillment-admin-session:${account.user}`,
    KEY_BYTES,
  );
}
