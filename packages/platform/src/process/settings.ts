import { API_KEY, DEFAULT_ARTIFACTS_DIR, handlerMemorySchema, NOT_A_KEY } from '@fulfillment/shared';
import { z } from 'zod';
import { type BudgetLimits, NO_CALL_LIMIT } from '../budget/budget.ts';
import type { MarketplaceAddress } from '../marketplace/agents.ts';

/** Longer would overflow a timer, which then fires at once. */
const WEEK = 7 * 24 * 3600;
const seconds = (fallback: number, least: number) => z.coerce.number().min(least).max(WEEK).default(fallback);
const count = (fallback: number) => z.coerce.number().int().min(1).max(1000).default(fallback);
const PORT = 'must be a port number (0 to 65535)';
export const port = (fallback: number) =>
  z.coerce.number(PORT).int(PORT).min(0, PORT).max(65_535, PORT).default(fallback);
const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

/**
 * The settings that every app reads from the environment. Each text says what the setting is.
 * `.env.example` and docs/operator/settings.md repeat the text.
 */
export const baseSettings = z.object({
  ATELIER_API_KEY: z
    .string()
    .regex(API_KEY, NOT_A_KEY)
    .optional()
    .describe('The key of the one agent, atelier_…'),
  ATELIER_BASE_URL: httpUrl.default('https://api.useatelier.ai').describe('The marketplace'),
  ATELIER_UPLOAD_URL: httpUrl
    .default('https://vercel.com/api/blob')
    .describe('The file store of the marketplace, for files that are too large for its API'),
  ATELIER_WEBHOOK_SECRET: z
    .string()
    .min(1)
    .optional()
    .describe('The webhook secret of the one agent, whsec_…'),
  PUBLIC_URL: httpUrl
    .optional()
    .describe(
      'The address at which buyers and Atelier reach the ingestor, for example https://orders.example.com',
    ),
  ADMIN_URL: httpUrl
    .optional()
    .describe('The address at which operators reach the admin pages, for the links in alerts'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .refine((url) => !URL.canParse(url) || /^\/?\d*$/.test(new URL(url).pathname), {
      message: 'the part after the port is not a database number',
    })
    .default('redis://127.0.0.1:6379')
    .describe('redis://[user:password@]host:port[/database], or rediss:// for TLS'),
  REDIS_KEY_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .default('fulfillment')
    .describe('Begins every Redis key, so that several systems can share one Redis'),
  FULFILLMENT_CONFIG: z
    .string()
    .min(1)
    .default('fulfillment.config.ts')
    .describe('Path of the configuration file'),
  ARTIFACTS_DIR: z
    .string()
    .min(1)
    .default(DEFAULT_ARTIFACTS_DIR)
    .describe('Folder of generated files, shared by all apps'),
  EGRESS_ID: z
    .string()
    .regex(/^[A-Za-z0-9_.-]+$/)
    .default('default')
    .describe('Names the address that calls leave from. Processes behind one address share its API budget'),
  JOB_LOCK_SECONDS: seconds(30, 1).describe(
    'After how long the job of a worker that died or hung is taken over',
  ),
  BUDGET_WINDOW_SECONDS: seconds(3600, 1).describe('Length of the rate-limit window of the marketplace'),
  BUDGET_CALLS: z.coerce
    .number()
    .int()
    .min(1)
    .max(NO_CALL_LIMIT)
    .default(30)
    .describe(
      `Deliveries that the marketplace takes from one address in a window. ${NO_CALL_LIMIT}: any number`,
    ),
  MARKETPLACE_TIMEOUT_SECONDS: seconds(30, 0.1).describe(
    'How long a call to the marketplace may take. A quote or message of unknown outcome keeps its order locked for half as long again',
  ),
  DELIVER_EFFECT_SECONDS: seconds(150, 0.1).describe(
    'How long after its start a call to deliver may still take effect, whatever the time-out: the marketplace works on one for up to 120 s',
  ),
  READS_AGREE_SECONDS: seconds(30, 0).describe(
    'A write of unknown outcome is repeated when two reads this far apart do not show it. The distance grows while reads lag',
  ),
  STUCK_AFTER_SECONDS: seconds(100, 2).describe(
    'A process that does nothing for this long although Redis answers, or whose event loop is blocked, exits to be restarted',
  ),
  HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Address that the HTTP servers listen on. Use 0.0.0.0 in a container'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
    .default('info')
    .describe('Least level logged'),
  SHUTDOWN_GRACE_SECONDS: seconds(30, 0).describe('How long work in hand may take to finish on shutdown'),
});

export type BaseSettings = z.infer<typeof baseSettings>;

export const ingestorSettings = baseSettings.extend({
  INGESTOR_PORT: port(4001).describe('Port of the ingestor: webhooks, artifacts, health'),
  POLL_INTERVAL_SECONDS: seconds(120, 0.1).describe('How often each agent is polled'),
  POLL_STRETCH_SECONDS: seconds(900, 0.1).describe('The longest poll interval while webhooks prove alive'),
  SWEEP_INTERVAL_SECONDS: seconds(15, 0.1).describe(
    'How often unfinished orders are looked through for missing jobs',
  ),
  RETENTION_DAYS: z.coerce
    .number()
    .positive('must be a number of days, such as 90')
    .default(90)
    .describe('How long a finished order is remembered'),
  RECONCILE_CONCURRENCY: count(20).describe('Orders reconciled at once'),
});
export type IngestorSettings = z.infer<typeof ingestorSettings>;

export const generationSettings = baseSettings.extend({
  GENERATION_WORKER_PORT: port(4002).describe('Port of the generation worker: health'),
  GENERATION_CONCURRENCY: count(4).describe('Generations at once in one process'),
  HANDLER_ISOLATION: z
    .enum(['process', 'none'])
    .default('process')
    .describe('Where handlers run. process: in child processes. none: in the worker itself'),
  HANDLER_MEMORY_MB: handlerMemorySchema.describe(
    'Memory of one child process for handlers, in MB. A process that uses more is ended',
  ),
  HANDLER_IDLE_MINUTES: z.coerce
    .number()
    .positive()
    .max(WEEK / 60)
    .default(5)
    .describe('After how many minutes without work a child process for handlers ends'),
});
export type GenerationSettings = z.infer<typeof generationSettings>;

export const deliverySettings = baseSettings.extend({
  DELIVERY_WORKER_PORT: port(4003).describe('Port of the delivery worker: health'),
  DELIVERY_CONCURRENCY: count(4).describe('Quotes, deliveries and messages at once in one process'),
});
export type DeliverySettings = z.infer<typeof deliverySettings>;

/** Whether the text is an address of a page with a place for the id of an order. */
function isOrderUrl(text: string): boolean {
  return text.includes('{orderId}') && /^https?:$/.test(URL.parse(text)?.protocol ?? '');
}

export const adminSettings = baseSettings.extend({
  ADMIN_PORT: port(4004).describe('Port of the admin pages'),
  ADMIN_USER: z.string().min(1).default('operator').describe('Name of the account of the owner'),
  ADMIN_PASSWORD: z
    .string()
    .min(8)
    .optional()
    .describe(
      'Password of the account of the owner, 8 characters at least. Without one, and without accounts in the configuration, the pages are on loopback only',
    ),
  LEDGER_URL: z
    .string()
    .regex(/^(file:.+|postgres(ql)?:\/\/.+)$/, 'must be file:<path> or postgres://…')
    .default('file:.data/ledger.sqlite')
    .describe(
      'Address of the ledger, from which the admin pages search and add up: file:<path> for SQLite, or postgres://[user:password@]host/database for several hosts',
    ),
  ATELIER_ORDER_URL: z
    .string()
    .refine(isOrderUrl, 'must be an http(s) address that contains {orderId}')
    .optional()
    .describe(
      'Address of an order on the pages of Atelier, with {orderId} in place of its id. The page of the order links to it',
    ),
  ADMIN_READ_ONLY: z
    .stringbool()
    .default(false)
    .describe('true: nothing can be changed from the admin pages'),
  ADMIN_PROXIES: z.coerce
    .number()
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe(
      'How many proxies of yours are in front of the admin pages. Login attempts are counted by the address that the outermost proxy writes into X-Forwarded-For',
    ),
});
export type AdminSettings = z.infer<typeof adminSettings>;

/** The limits of the API budget, from the settings. */
export function budgetLimits(settings: BaseSettings): BudgetLimits {
  return { windowSeconds: settings.BUDGET_WINDOW_SECONDS, deliveries: settings.BUDGET_CALLS };
}

/** The address of the marketplace, and how long a call may take, from the settings. */
export function marketplaceAddress(settings: BaseSettings): MarketplaceAddress {
  const timeout = settings.MARKETPLACE_TIMEOUT_SECONDS * 1000;
  return { baseUrl: settings.ATELIER_BASE_URL, uploadUrl: settings.ATELIER_UPLOAD_URL, timeout };
}
