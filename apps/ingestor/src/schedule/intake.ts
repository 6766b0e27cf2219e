import { type ArtifactStore, removeStagedOrder } from '@fulfillment/artifacts';
import { type IngestorSettings, type KnownAgent, type Runtime, untilTaken } from '@fulfillment/platform';
import { poll } from '../poll/poll.ts';
import { schedulerOf } from '../poll/polled-agents.ts';
import { type Retention, sweep } from '../sweep/sweep.ts';
import { Schedules, type ScheduleTimes } from './schedules.ts';

/**
 * Starts the workers that find out what orders need: polls, sweeps, and the reconciling of pokes.
 */
export async function startIntake(
  runtime: Runtime,
  settings: IngestorSettings,
  { artifacts, times }: { artifacts: Pick<ArtifactStore, 'removeOrder'>; times?: ScheduleTimes },
): Promise<void> {
  const { redis, keys, reconciler, log } = runtime;
  const removeFiles: Retention['removeFiles'] = async (orderId, signal) => {
    await removeStagedOrder(settings.ARTIFACTS_DIR, orderId);
    await artifacts.removeOrder(orderId, signal);
  };
  runtime.startWorker({
    queue: 'orders',
    concurrency: settings.RECONCILE_CONCURRENCY,
    processors: {
      reconcile: async ({ agentId, orderId }) => {
        await reconciler.reconcile({ agentId, orderId });
      },
    },
    // The order stays open in the record store: the sweep pokes it again.
    giveUp: async (_name, payload, reason) => {
      log.error({ ...payload, reason }, 'reconcile gave up for now');
    },
  });
  runtime.startWorker({
    queue: 'intake',
    concurrency: 4,
    processors: {
      poll: ({ agentId }) => poll(runtime, settings, agentId),
      sweep: async () => {
        await sweep(runtime, { retentionDays: settings.RETENTION_DAYS, removeFiles });
        await redis.set(keys.swept, Date.now());
      },
    },
    giveUp: async (name, _payload, reason) => {
      log.warn({ reason }, `${name} failed. The next run goes on`);
    },
  });
  const schedules = new Schedules(runtime, times);
  runtime.checks.intake = () => schedules.problem();
  await schedules.keep({
    id: 'sweep',
    everyMs: settings.SWEEP_INTERVAL_SECONDS * 1000,
    job: { name: 'sweep', data: {} },
    lastRunAt: async () => Number(await redis.get(keys.swept)),
  });
  runtime.agents.onKnown((agent) => schedulePolls(runtime, { settings, schedules, agent }));
}

/**
 * Each agent has one scheduler, however many ingestors there are. Its first run is at once,
 * whenever the last poll of the agent was.
 */
async function schedulePolls(
  { queues, keys, redis, log, stopping }: Runtime,
  { settings, schedules, agent }: { settings: IngestorSettings; schedules: Schedules; agent: KnownAgent },
): Promise<void> {
  const key = keys.polling(agent.id);
  const data = { agentId: agent.id };
  const taking = { log, signal: stopping, what: `the polling of agent ${agent.name}` };
  // An error that left this function would end the process, because nobody awaits it.
  try {
    await untilTaken(() => redis.hset(key, 'startedAt', Date.now()), taking);
    await schedules.keep({
      id: schedulerOf(agent.id),
      everyMs: settings.POLL_INTERVAL_SECONDS * 1000,
      job: { name: 'poll', data },
      lastRunAt: async () => Number(await redis.hget(key, 'servedAt')),
    });
    await untilTaken(() => queues.add('intake', 'poll', data), taking);
  } catch (error) {
    if (!stopping.aborted) log.error({ ...data, err: error }, 'cannot start to poll');
  }
}
