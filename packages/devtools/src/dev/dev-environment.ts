import { type App, addressOf, SANDBOX } from '@fulfillment/processes';
import type { DevState } from './dev-state.ts';

/** The key of the agent that exists in the sandbox from the start. */
const SANDBOX_KEY = 'atelier_sandbox_demo';

interface DevSetup {
  redisUrl: string;
  state: DevState;
  /** The sandbox and all apps of the product, including those left out of this run. */
  apps: readonly App[];
}

/**
 * The environment of the apps in development. It sets every variable that leads to the real
 * marketplace or its orders, so that neither `.env` nor the shell can. A variable in the
 * environment overrides `.env`, even when it is empty.
 */
export function devEnvironment(
  { redisUrl, state, apps }: DevSetup,
  env: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const addressOfApp = (wanted: string) => apps.filter(({ name }) => name === wanted).map(addressOf)[0];
  return {
    POLL_INTERVAL_SECONDS: '15',
    SWEEP_INTERVAL_SECONDS: '5',
    SHUTDOWN_GRACE_SECONDS: '5',
    ...env,
    REDIS_URL: redisUrl,
    REDIS_KEY_PREFIX: state.keyPrefix,
    ARTIFACTS_DIR: state.artifactsFolder,
    LEDGER_URL: `file:${state.ledgerFolder}/ledger.sqlite`,
    SANDBOX_STATE_FILE: state.sandboxFile,
    ...budgetOf(env),
    ATELIER_API_KEY: SANDBOX_KEY,
    ATELIER_BASE_URL: addressOfApp(SANDBOX.name),
    ATELIER_UPLOAD_URL: `${addressOfApp(SANDBOX.name)}/blob`,
    ATELIER_ORDER_URL: `${addressOfApp(SANDBOX.name)}/#{orderId}`,
    ATELIER_WEBHOOK_SECRET: '',
    PUBLIC_URL: addressOfApp('ingestor'),
    HOST: '127.0.0.1',
    SANDBOX_HOST: '127.0.0.1',
    // The apps listen on this machine, and the real marketplace calls nobody there.
    SANDBOX_LOCAL_SELLERS: 'true',
    ADMIN_PASSWORD: '',
    ...Object.fromEntries(apps.map((app) => [app.portVariable, String(app.port)])),
  };
}

/** The highest number that the product accepts: no call waits. */
const NO_LIMIT = '1000000';

/**
 * The product's budget follows the limits of the sandbox. The sandbox has none unless
 * SANDBOX_RATE_LIMIT sets some. With a budget and no limits, calls would wait for the end of a
 * window that does not exist.
 */
function budgetOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { SANDBOX_RATE_LIMIT: limit, SANDBOX_RATE_WINDOW_MS: windowMs } = env;
  if (!limit || limit === 'off') return { BUDGET_CALLS: NO_LIMIT };
  return windowMs ? { BUDGET_WINDOW_SECONDS: String(Number(windowMs) / 1000) } : {};
}
