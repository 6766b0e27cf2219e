import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ArtifactStore, atelier, localDisk } from '@fulfillment/artifacts';
import type { AgentInput, Handler } from '@fulfillment/handlers';
import {
  API_KEY,
  ConfigurationError,
  type ConfiguredAccount,
  keepSecret,
  NOT_A_KEY,
  nearest,
  type Policy,
  policySchema,
  RETRIES,
  SERVICE_CATEGORIES,
} from '@fulfillment/shared';
import { z } from 'zod';
import { accountSchema } from './account-schema.ts';
import { type AlertsConfig, alertsSchema, unknownNames } from './alerts-schema.ts';
import { alertSecrets } from './config-secrets.ts';
import { describeImportError } from './describe-import-error.ts';
import { describeProblems } from './describe-problems.ts';
import { storeSchema } from './store-schema.ts';

/** The settings that say which configuration is used. */
export interface ConfigSettings {
  FULFILLMENT_CONFIG: string;
  ATELIER_API_KEY?: string | undefined;
  ATELIER_WEBHOOK_SECRET?: string | undefined;
  ARTIFACTS_DIR: string;
  PUBLIC_URL?: string | undefined;
}

/** The operator's configuration, checked and complete. */
export interface Config {
  agents: { name: string; apiKey: string; id?: string | undefined; webhookSecret?: string | undefined }[];
  handlers: Handler[];
  policy: Policy;
  artifacts: ArtifactStore;
  /** Whether the file names no store. PUBLIC_URL then decides where files are kept. */
  isDefaultStore: boolean;
  accounts: ConfiguredAccount[];
  /** Null: nobody is notified. */
  alerts: AlertsConfig | null;
}

/** A longer time would overflow the timer, which then fires at once. */
const LONGEST_TIME_LIMIT_SECONDS = 7 * 24 * 3600;

const isFunction = (value: unknown) => typeof value === 'function';
const oneOrSeveral = z.union([z.string(), z.array(z.string())]).optional();
/**
 * A category that no service can have would never match, and its orders would silently go to
 * another handler.
 */
const category = z.string().refine((given) => SERVICE_CATEGORIES.some((known) => known === given), {
  error: ({ input }) => {
    const meant = nearest(String(input), SERVICE_CATEGORIES);
    const hint = meant === null ? '' : ` Did you mean "${meant}"?`;
    return `no service has the category "${input}".${hint} The categories are ${SERVICE_CATEGORIES.join(', ')}`;
  },
});
const oneOrSeveralCategories = z.union([category, z.array(category)]).optional();
const matchSchema = z.union(
  [
    z.literal('default'),
    z.custom(isFunction),
    z.strictObject({
      agent: oneOrSeveral,
      serviceId: oneOrSeveral,
      category: oneOrSeveralCategories,
      title: z.union([z.string(), z.instanceof(RegExp)]).optional(),
    }),
  ],
  "must be 'default', a function, or an object of agent, serviceId, category (a text or a list) and title (a text or a RegExp)",
);
const handlerSchema = z.strictObject({
  name: z.string().min(1).max(100),
  match: matchSchema,
  quote: z.custom((value) => value === undefined || isFunction(value), 'must be a function').optional(),
  quoteValidHours: z.number().positive().optional(),
  validate: z.custom((value) => value === undefined || isFunction(value), 'must be a function').optional(),
  review: z.union([z.boolean(), z.custom(isFunction)], 'must be true, false or a function').optional(),
  generate: z.custom(isFunction, 'must be a function'),
  timeLimitSeconds: z.number().positive().max(LONGEST_TIME_LIMIT_SECONDS),
  attempts: z.number().int().min(1).max(RETRIES.generation.attempts),
  maxCostUsd: z
    .strictObject({ order: z.number().positive().optional(), day: z.number().positive().optional() })
    .optional(),
});
const NO_KEY = 'no key: is its environment variable set?';
const agentSchema = z.strictObject({
  name: z.string().min(1),
  apiKey: z.string(NO_KEY).min(1, NO_KEY).regex(API_KEY, NOT_A_KEY),
  id: z.string().optional(),
  /** An empty variable counts as absent, as everywhere. */
  webhookSecret: z
    .string()
    .optional()
    .transform((secret) => secret || undefined),
});
const partsSchema = z.strictObject({
  agents: z.array(agentSchema).min(1).optional(),
  handlers: z.array(handlerSchema),
  policy: policySchema.prefault({}),
  artifacts: storeSchema.optional(),
  accounts: z.array(accountSchema).default([]),
  alerts: alertsSchema.optional(),
});
/** The name of the agent of ATELIER_API_KEY. */
const ONLY_AGENT = 'default';
const configSchema = partsSchema.superRefine(({ agents, handlers, alerts }, context) => {
  if (alerts === undefined) return;
  const known = {
    agents: agents?.map(({ name }) => name) ?? [ONLY_AGENT],
    handlers: handlers.map(({ name }) => name),
  };
  for (const problem of unknownNames(alerts, known)) context.addIssue({ code: 'custom', ...problem });
});

/**
 * Loads the configuration file. The agents are those of the file, else the one of ATELIER_API_KEY.
 * @throws ConfigurationError saying which part of which file is wrong.
 */
export async function loadConfig(settings: ConfigSettings): Promise<Config> {
  const file = settings.FULFILLMENT_CONFIG;
  const { agents, handlers, policy, artifacts, accounts, alerts } = await load(file, configSchema);
  keepSecret(...alertSecrets(alerts));
  const name = repeatedName(accounts);
  if (name !== null) throw new ConfigurationError(`${path.resolve(file)} has two accounts named "${name}".`);
  return {
    agents: agents ?? fromEnvironment(settings),
    handlers,
    policy,
    artifacts: artifacts ?? defaultStore(settings),
    isDefaultStore: artifacts === undefined,
    accounts,
    alerts: alerts ?? null,
  };
}

/**
 * Files are in ARTIFACTS_DIR. The ingestor serves them if buyers can reach it. Otherwise they are
 * uploaded to the marketplace.
 */
function defaultStore({ ARTIFACTS_DIR: folder, PUBLIC_URL: publicUrl }: ConfigSettings): ArtifactStore {
  return publicUrl === undefined ? atelier({ folder }) : localDisk({ folder, publicUrl });
}

/**
 * A trial run needs no key, account or channel, and checks all the rest, because a typo in the
 * policy must show before the worker starts.
 */
const keylessSchema = partsSchema.extend({
  agents: z
    .array(agentSchema.extend({ apiKey: z.unknown() }))
    .min(1)
    .optional(),
  accounts: z.unknown().optional(),
  alerts: z.unknown().optional(),
});

/**
 * Loads the handlers and the policy of the configuration file. No agent needs a key, and no channel
 * its tokens.
 * @throws ConfigurationError like `loadConfig`.
 */
export async function loadHandlers(file: string): Promise<Pick<Config, 'handlers' | 'policy'>> {
  const { handlers, policy } = await load(file, keylessSchema);
  return { handlers, policy };
}

async function load<T extends { handlers: unknown[] }>(
  name: string,
  schema: z.ZodType<T>,
): Promise<Omit<T, 'handlers'> & { handlers: Handler[] }> {
  const file = path.resolve(name);
  const given = await defaultExport(file);
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    throw new ConfigurationError(
      `${file} is wrong:\n${describeProblems(parsed.error, schema, { given, file })}`,
    );
  }
  const handlers = parsed.data.handlers as Handler[];
  const repeated = repeatedName(handlers);
  if (repeated !== null) throw new ConfigurationError(`${file} has two handlers named "${repeated}".`);
  return { ...parsed.data, handlers };
}

function repeatedName(list: readonly { name: string }[]): string | null {
  const names = list.map(({ name }) => name);
  return names.find((name, index) => names.indexOf(name) !== index) ?? null;
}

async function defaultExport(file: string): Promise<unknown> {
  let module: { default?: unknown };
  try {
    module = (await import(pathToFileURL(file).href)) as { default?: unknown };
  } catch (error) {
    throw new ConfigurationError(describeImportError(error, file));
  }
  if (module.default === undefined) {
    throw new ConfigurationError(
      `${file} has no default export. End it with: export default defineConfig({ … })`,
    );
  }
  return module.default;
}

function fromEnvironment(settings: ConfigSettings): (AgentInput & { apiKey: string })[] {
  if (settings.ATELIER_API_KEY === undefined) {
    throw new ConfigurationError(
      'No agent is configured. Set ATELIER_API_KEY, or list agents in the configuration file (FULFILLMENT_CONFIG).',
    );
  }
  return [
    { name: ONLY_AGENT, apiKey: settings.ATELIER_API_KEY, webhookSecret: settings.ATELIER_WEBHOOK_SECRET },
  ];
}
