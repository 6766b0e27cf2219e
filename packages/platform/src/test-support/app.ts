import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError, policySchema } from '@fulfillment/shared';
import { defineApp } from '../process/define-app.ts';
import { runApps } from '../process/run-apps.ts';
import { baseSettings, port } from '../process/settings.ts';

const configure = async ({ ATELIER_API_KEY = '' }: { ATELIER_API_KEY?: string | undefined }) => ({
  agents: [{ name: 'one', apiKey: ATELIER_API_KEY }],
  policy: policySchema.parse({}),
});
const jobBegins = Promise.withResolvers<void>();

/**
 * A small app that the tests run as a process. The agent's id in a job's payload says how long the
 * job takes, in ms.
 */
const app = defineApp({
  name: 'test-app',
  settings: baseSettings.extend({ TEST_APP_PORT: port(0).describe('Port of the test app') }),
  port: (settings) => settings.TEST_APP_PORT,
  configure,
  ...(process.env.TEST_APP_WITHOUT_AGENTS === 'true' && { runsWithoutAgents: true as const }),
  start: async (runtime, settings) => {
    runtime.startWorker({
      queue: 'intake',
      concurrency: 1,
      processors: {
        poll: async ({ agentId }, { log }) => {
          log.info('job begins');
          jobBegins.resolve();
          if (agentId === 'rejects') {
            void Promise.reject(new Error(`nobody catches this: ${process.env.MODEL_KEY}`));
          }
          await delay(Number(agentId) || 60_000);
          log.info('job ends');
        },
        sweep: async () => undefined,
      },
      giveUp: async () => undefined,
    });
    await runtime.listen(settings.TEST_APP_PORT);
  },
});

/** Fails while the other app runs its job. */
const failing = defineApp({
  name: 'failing-app',
  settings: baseSettings,
  port: () => 0,
  configure,
  start: async ({ log }) => {
    await jobBegins.promise;
    log.info('this app fails');
    throw new ConfigurationError('the other apps must stop');
  },
});

await runApps(process.env.TEST_APP_FAILS_BESIDE === 'true' ? [app, failing] : [app]);
