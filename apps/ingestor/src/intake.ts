import { type ArtifactStore, removeMade } from '@fulfillment/handlers';
import type { IngestorSettings, KnownAgent, Runtime } from '@fulfillment/platform';
import { poll, schedulerOf } from './poll.ts';
import { type RemoveFiles, sweep } from './sweep.ts';

/** Starts the workers that find out what orders need: polls, sweeps, and the reconciling of pokes. */
export async function startIntake(
  runtime: Runtime,
  settings: IngestorSettings,
  artifacts: Pick<ArtifactStore, 'removeOrder'>,
): Promise<void> {
  const { queues, reconciler, log } = runtime;
  const removeFiles: RemoveFiles = async (orderId, signal) => {
    await removeMade(settings.ARTIFACTS_DIR, orderId);
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
      sweep: () => sweep(runtime, settings.RETENTION_DAYS, removeFiles),
    },
    giveUp: async (name, _payload, reason) => {
      log.warn({ reason }, `${name} failed; the next one goes on`);
    },
  });
  const sweepEvery = settings.SWEEP_INTERVAL_SECONDS * 1000;
  await queues.get('intake').upsertJobScheduler('sweep', { every: sweepEvery }, { name: 'sweep', data: {} });
  runtime.agents.onKnown((agent) => schedulePolls(runtime, settings, agent));
}

/** One scheduler an agent, however many ingestors there are. Its first run is at once. */
async function schedulePolls(
  { queues, keys, redis }: Runtime,
  settings: IngestorSettings,
  agent: KnownAgent,
): Promise<void> {
  const every = settings.POLL_INTERVAL_SECONDS * 1000;
  await redis.hset(keys.polling(agent.id), 'startedAt', Date.now());
  const data = { agentId: agent.id };
  await queues.get('intake').upsertJobScheduler(schedulerOf(agent.id), { every }, { name: 'poll', data });
  await queues.add('intake', 'poll', data);
}
