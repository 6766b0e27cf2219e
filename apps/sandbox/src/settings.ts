import { z } from 'zod';
import { LONGEST_HISTORY } from './history/history.ts';
import { HOUR_MS, LIMIT_MODES } from './weather/rate-limiter.ts';

const schema = z.object({
  SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  SANDBOX_HOST: z.string().default('127.0.0.1'),
  SANDBOX_SEED: z.coerce.number().int().default(1),
  SANDBOX_SEED_DEMO: z.stringbool().default(true),
  /** The number of orders of the example shop, and the shop's time in ms since the epoch. */
  SANDBOX_SEED_ORDERS: z.coerce.number().int().min(0).default(0),
  SANDBOX_SEED_TIME: z.coerce.number().int().positive().optional(),
  SANDBOX_RATE_LIMIT: z.enum(LIMIT_MODES).default('off'),
  SANDBOX_RATE_WINDOW_MS: z.coerce.number().positive().default(HOUR_MS),
  SANDBOX_LOCAL_SELLERS: z.stringbool().default(false),
  SANDBOX_HISTORY: z.coerce.number().int().min(1).default(LONGEST_HISTORY),
  SANDBOX_STATE_FILE: z.string().optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

/**
 * Reads the settings from the environment. An empty variable counts as absent.
 * @returns the settings, or a text about the wrong ones.
 */
export function readSettings(environment: NodeJS.ProcessEnv): z.infer<typeof schema> | string {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(present);
  return parsed.success ? parsed.data : `Wrong settings of the sandbox:\n${z.prettifyError(parsed.error)}`;
}
