import path from 'node:path';
import { AGENTS } from './agents.ts';

export const ROOT = path.resolve(import.meta.dirname, '../../..');

/** The apps of the product, by folder name. */
export const APPS = ['ingestor', 'generation-worker', 'delivery-worker', 'admin'] as const;
export type AppName = (typeof APPS)[number];

export interface AppEnvironment {
  redisUrl: string;
  prefix: string;
  /** The folder of the artifacts. */
  folder: string;
  marketUrl: string;
  publicUrl: string;
  /** The port of each app. */
  ports: Record<AppName, number>;
  /** Overrides all other settings. An undefined value removes a setting. */
  env: Record<string, string | undefined>;
}

/** The environment of the apps: short intervals, and none of this machine's own settings. */
export function appEnvironment(setup: AppEnvironment): Record<string, string> {
  const variables: Record<string, string | undefined> = {
    ...cleanEnvironment(),
    REDIS_URL: setup.redisUrl,
    REDIS_KEY_PREFIX: setup.prefix,
    ATELIER_BASE_URL: setup.marketUrl,
    ATELIER_UPLOAD_URL: `${setup.marketUrl}/blob`,
    PUBLIC_URL: setup.publicUrl,
    FULFILLMENT_CONFIG: path.join(ROOT, 'tests/src/scenarios.config.ts'),
    ARTIFACTS_DIR: path.join(setup.folder, 'artifacts'),
    LEDGER_URL: `file:${ledgerFile(setup.folder)}`,
    POLL_INTERVAL_SECONDS: '2',
    POLL_STRETCH_SECONDS: '2',
    SWEEP_INTERVAL_SECONDS: '1',
    // The sandbox has no rate limit unless a test sets one: the budget need not hold back calls.
    BUDGET_WINDOW_SECONDS: '1',
    BUDGET_CALLS: '100000',
    // The sandbox ends a call when it answers, and its reads do not lag. A call with an unknown
    // outcome is settled soon.
    DELIVER_EFFECT_SECONDS: '1',
    READS_AGREE_SECONDS: '1',
    SHUTDOWN_GRACE_SECONDS: '3',
    // A test of the handlers' processes sets `process`. Other tests need not start them.
    HANDLER_ISOLATION: 'none',
    LOG_LEVEL: 'info',
    ...Object.fromEntries(AGENTS.map(({ keyVariable, apiKey }) => [keyVariable, apiKey])),
    ...Object.fromEntries(APPS.map((name) => [portVariable(name), String(setup.ports[name])])),
    ...setup.env,
  };
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** The file of the ledger, for apps that run with this folder. */
export function ledgerFile(folder: string): string {
  return path.join(folder, 'ledger', 'ledger.sqlite');
}

/**
 * Our own environment without the product's settings: the machine's settings must not change a
 * test.
 */
export function cleanEnvironment(): Record<string, string> {
  const keep = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'];
  return Object.fromEntries(
    keep.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

function portVariable(app: AppName): string {
  return `${app.toUpperCase().replaceAll('-', '_')}_PORT`;
}
