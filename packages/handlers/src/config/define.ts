import type { ArtifactStore } from '@fulfillment/artifacts';
import type { PolicyInput, Role } from '@fulfillment/shared';
import type { Handler, HandlerInput } from '../types.ts';
import { noteDefinition } from './definition-site.ts';

const DEFAULT_TIME_LIMIT_SECONDS = 30 * 60;
const DEFAULT_ATTEMPTS = 3;

/**
 * Makes a handler from its parts, with defaults filled in. With these types, an editor
 * completes options and rejects wrong ones.
 */
export function defineHandler(input: HandlerInput): Handler {
  return noteDefinition({
    ...input,
    timeLimitSeconds: input.timeLimitSeconds ?? DEFAULT_TIME_LIMIT_SECONDS,
    attempts: input.attempts ?? DEFAULT_ATTEMPTS,
  });
}

/**
 * An agent whose orders this system fulfills. Read the key from the environment. Never write the
 * key into a file.
 */
export interface AgentInput {
  /** Your name for the agent. */
  name: string;
  apiKey: string | undefined;
  /** Its id on the marketplace. Read from the marketplace when absent. */
  id?: string;
  /** The secret of its webhooks. Read from the marketplace when absent. */
  webhookSecret?: string | undefined;
}

/** A person who may use the console. */
export interface AccountInput {
  /** The name to log in with. Facts and logs name the person by it. */
  name: string;
  /**
   * A viewer reads everything and changes nothing. An operator also acts on orders. An owner also
   * changes what concerns the whole shop.
   */
  role: Role;
  /** The output of `pnpm fulfillment password`. Read the hash from the environment. */
  passwordHash: string | undefined;
}

/** The default export of `fulfillment.config.ts`. */
export interface ConfigInput {
  /** Absent: the one agent of ATELIER_API_KEY. */
  agents?: readonly AgentInput[];
  handlers: readonly Handler[];
  policy?: PolicyInput;
  /**
   * Where files are kept. Default: the folder ARTIFACTS_DIR, which the ingestor serves under
   * PUBLIC_URL. Without a PUBLIC_URL, the files are uploaded to the marketplace.
   */
  artifacts?: ArtifactStore;
  /**
   * The people who may use the console. ADMIN_PASSWORD adds the owner ADMIN_USER. Without accounts
   * and without ADMIN_PASSWORD, the console answers to this machine only.
   */
  accounts?: readonly AccountInput[];
}

/** The configuration of the system, as its own file's default export. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}
