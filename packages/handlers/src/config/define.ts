import type { ArtifactStore } from '@fulfillment/artifacts';
import type { AlertKind, PolicyInput, Role } from '@fulfillment/shared';
import type { AlertChannel, Severity } from '../channels/message.ts';
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

/** Where alerts go, and which of them. */
export interface AlertRouteInput {
  /** Your name for the channel. */
  name: string;
  /** Such as `slack({ webhookUrl: process.env.SLACK_WEBHOOK_URL })`. */
  channel: AlertChannel;
  /** The least severity that is sent. Default: `warning`. */
  severity?: Severity;
  /** Only alerts about these agents, by your names for them. System alerts are sent anyway. */
  agents?: readonly string[];
  /** Only alerts about these handlers. System alerts are sent anyway. */
  handlers?: readonly string[];
  /** Only these kinds of alerts. */
  kinds?: readonly AlertKind[];
  /**
   * No message in these hours, except critical ones. Messages that are still true come afterwards.
   * `from` and `to`: `22:00` and `07:00`. `timeZone`: such as `Europe/Berlin`.
   */
  quietHours?: { from: string; to: string; timeZone: string };
  /** If nobody acknowledges an alert in time, it also goes to another channel. */
  escalate?: { afterMinutes: number; to: string };
  /** Only alerts that escalate to this channel. */
  onlyEscalated?: boolean;
}

/** Notifies people of orders that need them, and of a system in trouble. */
export interface AlertsInput {
  channels: readonly AlertRouteInput[];
  /** How long a new alert waits for others that belong to it, in seconds. Default: 60. */
  groupSeconds?: number;
  /** How often an open alert is repeated, in hours. Default: 4. */
  repeatHours?: number;
  /** An address that is called while all is well, such as a check of healthchecks.io. */
  heartbeat?: { url: string | undefined; everyMinutes?: number };
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
  /** Absent: nobody is notified. */
  alerts?: AlertsInput;
}

/** The configuration of the system, as its own file's default export. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}
