import { scryptSync } from 'node:crypto';
import { Signer } from '@fastify/cookie';
import {
  type Account,
  ConfigurationError,
  type ConfiguredAccount,
  hashPassword,
  isPasswordOf,
  keepSecret,
} from '@fulfillment/shared';

const SESSION_HOURS = 12;
export const SESSION_MS = SESSION_HOURS * 3600 * 1000;

const KEY_BYTES = 32;

interface AccountSettings {
  ADMIN_USER: string;
  ADMIN_PASSWORD?: string | undefined;
}

interface Login extends ConfiguredAccount {
  /** Signs the sessions of this account alone. */
  signer: Signer;
}

/**
 * The people who may use the console. A session is a text that its account's own key signs. The key
 * derives from the name and the password, so a session survives a restart, and ends when its
 * account is removed or gets another password.
 */
export class Accounts {
  readonly #logins: readonly Login[];
  /** Everybody who reaches the console while nobody needs to log in. */
  readonly #anybody: Account;

  private constructor(logins: readonly Login[], anybody: Account) {
    this.#logins = logins;
    this.#anybody = anybody;
  }

  /**
   * @param configured the accounts of the configuration file. ADMIN_PASSWORD adds the owner
   * ADMIN_USER.
   * @throws ConfigurationError if ADMIN_USER is also the name of a configured account.
   */
  static async create(
    { ADMIN_USER: name, ADMIN_PASSWORD: password }: AccountSettings,
    configured: readonly ConfiguredAccount[],
  ): Promise<Accounts> {
    const logins: Login[] = configured.map((account) => ({
      ...account,
      signer: signerOf(account.name, account.passwordHash),
    }));
    keepSecret(...configured.map(({ passwordHash }) => passwordHash));
    if (password !== undefined) {
      if (configured.some((account) => account.name === name)) {
        throw new ConfigurationError(
          `ADMIN_USER and an account of the configuration file have the name "${name}". Give one of them another name, or remove ADMIN_PASSWORD.`,
        );
      }
      const passwordHash = await hashPassword(password);
      logins.push({ name, role: 'owner', passwordHash, signer: signerOf(name, password) });
    }
    return new Accounts(logins, { name, role: 'owner' });
  }

  /** Whether people log in. If not, the console answers to this machine only. */
  get hasLogin(): boolean {
    return this.#logins.length > 0;
  }

  /** The names of everybody who may act on the console now. */
  get names(): readonly string[] {
    return this.hasLogin ? this.#logins.map(({ name }) => name) : [this.#anybody.name];
  }

  /** The account with this name and password, or null. */
  async find(name: string, password: string): Promise<Account | null> {
    const login = this.#logins.find((account) => account.name === name);
    // An unknown name takes as long as a known one, so that the time does not reveal the names.
    const compared = login ?? this.#logins[0];
    if (compared === undefined) return null;
    const isRight = await isPasswordOf(compared.passwordHash, password);
    return login !== undefined && isRight ? accountOf(login) : null;
  }

  /**
   * A new session of an account.
   * @param now in ms since the epoch.
   */
  beginSession({ name }: Account, now: number): string {
    const login = this.#logins.find((account) => account.name === name);
    if (login === undefined) throw new Error(`There is no account "${name}".`);
    return login.signer.sign(String(now + SESSION_MS));
  }

  /**
   * Who a session belongs to. Null: the session ended, or is not of an account. Without a login,
   * everybody has the rights of an owner.
   */
  ofSession(session: string | undefined, now: number): Account | null {
    if (!this.hasLogin) return this.#anybody;
    if (session === undefined) return null;
    for (const login of this.#logins) {
      const { valid, value } = login.signer.unsign(session);
      const endsAt = Number(value);
      if (valid && endsAt > now && endsAt <= now + SESSION_MS) return accountOf(login);
    }
    return null;
  }
}

function accountOf({ name, role }: Login): Account {
  return { name, role };
}

/** The derivation is slow, so that a stolen session is of little use for guessing the password. */
function signerOf(name: string, secret: string): Signer {
  return new Signer(scryptSync(secret, `fulfillment-admin-session:${name}`, KEY_BYTES).toString('base64'));
}
