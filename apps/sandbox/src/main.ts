import { z } from 'zod';
import { buildSandbox } from './app.ts';
import { DEMO_KEY } from './seed.ts';
import { HOUR_MS } from './weather/rate-limiter.ts';

const EXIT_CONFIGURATION = 78;

/** The sandbox's settings. */
const settingsSchema = z.object({
  SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  SANDBOX_HOST: z.string().default('127.0.0.1'),
  SANDBOX_SEED: z.coerce.number().int().default(1),
  SANDBOX_SEED_DEMO: z.stringbool().default(true),
  SANDBOX_RATE_LIMIT: z.enum(['off', 'shared', 'separate']).default('off'),
  SANDBOX_RATE_WINDOW_MS: z.coerce.number().positive().default(HOUR_MS),
  LOG_LEVEL: z.string().default('info'),
});

const settings = settingsSchema.safeParse(process.env);
if (!settings.success) {
  console.error(`Wrong settings of the sandbox:\n${z.prettifyError(settings.error)}`);
  process.exit(EXIT_CONFIGURATION);
}
const { SANDBOX_PORT, SANDBOX_HOST, SANDBOX_SEED_DEMO, SANDBOX_SEED, LOG_LEVEL } = settings.data;

const { server, sandbox } = await buildSandbox({
  logLevel: LOG_LEVEL,
  seed: SANDBOX_SEED,
  demo: SANDBOX_SEED_DEMO,
});
sandbox.limiter.settings = {
  ...sandbox.limiter.settings,
  mode: settings.data.SANDBOX_RATE_LIMIT,
  windowMs: settings.data.SANDBOX_RATE_WINDOW_MS,
};

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    await server.close();
    process.exit(0);
  });
}
const address = await server.listen({ port: SANDBOX_PORT, host: SANDBOX_HOST });
server.log.info(
  `Be the buyer at ${address}${SANDBOX_SEED_DEMO ? `; the demo agent's key is ${DEMO_KEY}` : ''}`,
);
