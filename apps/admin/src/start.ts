import { AlertStore, LinkSigner } from '@fulfillment/alerts';
import { removeBrokenUploads } from '@fulfillment/artifacts';
import {
  type AdminSettings,
  AgentRegistry,
  AuditLog,
  Budget,
  budgetLimits,
  ChangeFeed,
  describeError,
  HandlerLines,
  Pauses,
  ProcessRegistry,
  Queues,
  ReadLag,
  RecordStore,
  type Runtime,
  readServerState,
  untilReady,
  WebhookLoss,
  WorkPauses,
} from '@fulfillment/platform';
import type { Config } from '@fulfillment/runner';
import type { ConfiguredAccount } from '@fulfillment/shared';
import type { FastifyInstance } from 'fastify';
import { Accounts } from './access/accounts.ts';
import { listenHost } from './access/origin.ts';
import { adminRoutes } from './app.ts';
import { startBulk } from './bulk/start-bulk.ts';
import { LedgerAccess } from './ledger/ledger-access.ts';
import { ViewStore } from './list/view-store.ts';
import type { AdminOptions } from './options.ts';

/** The parts of the operator's configuration that the console uses. */
export interface AdminConfig {
  artifacts: AdminOptions['artifacts'];
  accounts: readonly ConfiguredAccount[];
  alerts: Config['alerts'];
  agents: readonly { apiKey: string }[];
  handlers: readonly { name: string }[];
}

/** An operator's files may take this long to arrive, in ms. */
const UPLOAD_WITHIN_MS = 60 * 60_000;

/**
 * Serves the admin pages on a Redis connection of their own. A page must report at once that Redis
 * is unreachable, while the runtime's own clients wait for Redis.
 * @returns the address of the pages.
 */
export async function startAdmin(
  runtime: Runtime,
  settings: AdminSettings,
  { artifacts, accounts: configured, alerts, agents, handlers }: AdminConfig,
): Promise<string> {
  const { log, keys, policy } = runtime;
  const redis = runtime.openRedis('producer');
  await untilReady(redis);
  const queues = await Queues.open(redis, keys.bull, log);
  const accounts = await Accounts.create(settings, configured);
  const host = listenHost(settings.HOST, accounts.hasLogin);
  if (!accounts.hasLogin) {
    log.warn(
      { host },
      'ADMIN_PASSWORD is not set, and the configuration has no accounts: the admin pages have no login and are served to this machine only',
    );
  }
  // The console need not wait for it.
  removeBrokenUploads(settings.ARTIFACTS_DIR, Date.now() - UPLOAD_WITHIN_MS).catch((error: unknown) =>
    log.warn({ reason: describeError(error) }, 'uploads that broke off cannot be removed'),
  );
  const ledger = new LedgerAccess(settings.LEDGER_URL);
  const store = new RecordStore(redis, keys);
  const { bulk, bulkRunner, attach } = startBulk({ redis, keys, store, queues, policy, log });
  const routes = adminRoutes({
    views: new ViewStore(redis, keys),
    bulk,
    bulkRunner,
    accounts,
    isReadOnly: settings.ADMIN_READ_ONLY,
    policy,
    store,
    handlerLines: new HandlerLines(redis, keys),
    queues,
    pauses: new Pauses(redis, keys, queues),
    workPauses: new WorkPauses(redis, keys),
    alerts: {
      store: new AlertStore(redis, keys),
      links: new LinkSigner(agents),
      channels: (alerts?.channels ?? []).map(({ name, channel: { protocol } }) => ({ name, protocol })),
    },
    audit: new AuditLog(redis, keys),
    readLag: new ReadLag(redis, keys),
    budget: new Budget(redis, keys, { egressId: settings.EGRESS_ID, limits: budgetLimits(settings) }),
    registry: new AgentRegistry(redis, keys),
    webhookLoss: new WebhookLoss(redis, keys),
    processes: new ProcessRegistry(redis, keys),
    serverState: () => readServerState(redis),
    sweptAt: async () => Number(await redis.get(keys.swept)) || null,
    artifacts,
    artifactsDir: settings.ARTIFACTS_DIR,
    atelierOrderUrl: settings.ATELIER_ORDER_URL ?? null,
    handlers: handlers.map(({ name }) => name),
    ledger: () => ledger.get(),
    feed: new ChangeFeed(redis, keys),
    log,
    isRedisReady: () => redis.status === 'ready',
    redisTrouble: () => runtime.redisTrouble(),
  });
  const app = async (server: FastifyInstance) => {
    server.addHook('onClose', () => ledger.close());
    attach(server);
    await routes(server);
  };
  const requests = { proxies: settings.ADMIN_PROXIES, requestTimeoutMs: UPLOAD_WITHIN_MS };
  return runtime.listen(settings.ADMIN_PORT, app, { host, ...requests });
}
