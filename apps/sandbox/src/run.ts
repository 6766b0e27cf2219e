import { buildSandbox } from './app.ts';
import { seedExampleShop } from './example-shop.ts';
import { DEMO_KEY } from './seed.ts';
import { readSettings } from './settings.ts';
import { keepState } from './state/state-file.ts';
import { NO_LIMITS } from './weather/rate-limiter.ts';

const EXIT_CONFIGURATION = 78;

const settings = readSettings(process.env);
if (typeof settings === 'string') {
  console.error(settings);
  process.exit(EXIT_CONFIGURATION);
}
const { server, sandbox } = await buildSandbox({
  logLevel: settings.LOG_LEVEL,
  host: settings.SANDBOX_HOST,
  seed: settings.SANDBOX_SEED,
  demo: settings.SANDBOX_SEED_DEMO,
  longestHistory: settings.SANDBOX_HISTORY,
  behaviour: { localSellers: settings.SANDBOX_LOCAL_SELLERS },
  limits: {
    ...NO_LIMITS,
    mode: settings.SANDBOX_RATE_LIMIT,
    windowMs: settings.SANDBOX_RATE_WINDOW_MS,
  },
});

if (settings.SANDBOX_STATE_FILE !== undefined) {
  try {
    keepState(server, sandbox, settings.SANDBOX_STATE_FILE);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(EXIT_CONFIGURATION);
  }
}
if (settings.SANDBOX_SEED_ORDERS > 0 && sandbox.market.orders.size === 0) {
  seedExampleShop(sandbox.market, settings.SANDBOX_SEED_ORDERS, settings.SANDBOX_SEED_TIME ?? Date.now());
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    await server.close();
    process.exit(0);
  });
}
const address = await server.listen({ port: settings.SANDBOX_PORT, host: settings.SANDBOX_HOST });
const key = settings.SANDBOX_SEED_DEMO ? ` (the demo agent's key is ${DEMO_KEY})` : '';
server.log.info(`Be the buyer at ${address}${key}`);
