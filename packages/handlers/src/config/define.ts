import type { PolicyInput } from '@fulfillment/shared';
import type { ArtifactStore } from '../stores/artifact-store.ts';
import type { Handler, HandlerInput } from '../types.ts';
import { noteSite } from './definition-site.ts';

const DEFAULT_TIME_LIMIT_SECONDS = 30 * 60;
const DEFAULT_ATTEMPTS = 3;

/** Makes a handler of its parts, with defaults filled in. The editor completes and refuses as you type. */
export function defineHandler(input: HandlerInput): Handler {
  return noteSite({
    ...input,
    timeLimitSeconds: input.timeLimitSeconds ?? DEFAULT_TIME_LIMIT_SECONDS,
    attempts: input.attempts ?? DEFAULT_ATTEMPTS,
  });
}

/** An agent whose orders are served. Read the key from the environment; never write it into a file. */
export interface AgentInput {
  /** How you call it. */
  name: string;
  apiKey: string | undefined;
  /** Its id on the marketplace; asked of the marketplace when absent. */
  id?: string;
  /** The secret of its webhooks; asked of the marketplace when absent. */
  webhookSecret?: string | undefined;
}

/** What `fulfillment.config.ts` exports as its default. */
export interface ConfigInput {
  /** Absent: the one agent of ATELIER_API_KEY. */
  agents?: readonly AgentInput[];
  handlers: readonly Handler[];
  policy?: PolicyInput;
  /** Where files are kept. Default: the folder of ARTIFACTS_DIR, served by the ingestor under PUBLIC_URL; without one, uploaded. */
  artifacts?: ArtifactStore;
}

/** The configuration of the system, as its own file's default export. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}
