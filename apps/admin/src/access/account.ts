import { createHmac, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

/** The one operator account. Without a password there is no login. */
export interface Account {
  user: string;
  password: string | undefined;
}

const KEY_BYTES = 32;

/**
 * The duration of a comparison reveals nothing about the expected text, whatever the lengths of the
 * texts.
 */
const compareKey = randomBytes(KEY_BYTES);
function sameText(given: string, expected: string): boolean {
  const digest = (text: string) => createHmac('sha256', compareKey).update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Whether name and password are the account's. Always false for an account without a password. */
export function isAccount(account: Account, user: string, password: string): boolean {
  const sameUser = sameText(user, account.user);
  const samePassword = sameText(password, account.password ?? '');
  return account.password !== undefined && sameUser && samePassword;
}

/**
 * Derives the key that signs sessions from the account alone. Sessions therefore survive a restart
 * and end when the name or the password changes. The derivation is slow on purpose: a stolen cookie
 * is then of little use for guessing the password.
 */
export function sessionKey(account: Account): Buffer {
  return scryptSync(
    account.password ?? randomBytes(KEY_BYTES),
    `fulfillment-admin-session:${account.user}`,
    KEY_BYTES,
  );
}
