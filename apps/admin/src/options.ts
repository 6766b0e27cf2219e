import type { AlertStore, LinkSigner } from '@fulfillment/alerts';
import type { ArtifactStore } from '@fulfillment/artifacts';
import type { Ledger } from '@fulfillment/ledger';
import type {
  AgentRegistry,
  AuditLog,
  Budget,
  ChangeFeed,
  HandlerLines,
  Logger,
  Pauses,
  ProcessRegistry,
  Queues,
  ReadLag,
  RecordStore,
  RedisServerState,
  RedisTrouble,
  WebhookLoss,
  WorkPauses,
} from '@fulfillment/platform';
import type { Account, Policy, Role } from '@fulfillment/shared';
import type { Accounts } from './access/accounts.ts';
import type { BulkRunner } from './bulk/bulk-runner.ts';
import type { BulkStore } from './bulk/bulk-store.ts';
import type { ViewStore } from './list/view-store.ts';

/**
 * What the admin pages need. The store, queues and budget must fail at once when Redis is
 * unreachable, and not wait for it.
 */
export interface AdminOptions {
  accounts: Accounts;
  isReadOnly: boolean;
  policy: Policy;
  store: RecordStore;
  handlerLines: HandlerLines;
  queues: Queues;
  pauses: Pauses;
  workPauses: WorkPauses;
  /** The open alerts, the signer of their links, and the channels of the configuration. */
  alerts: {
    store: AlertStore;
    links: LinkSigner;
    channels: readonly { name: string; protocol: string }[];
  };
  /** Written before each action that concerns no single order. */
  audit: AuditLog;
  readLag: ReadLag;
  budget: Budget;
  registry: AgentRegistry;
  webhookLoss: WebhookLoss;
  /** The apps that run, on all hosts. */
  processes: ProcessRegistry;
  /** What the Redis server says of itself. Null: the user may not ask. */
  serverState: () => Promise<RedisServerState | null>;
  /** When the last sweep began, in ms since the epoch. Null: there was none. */
  sweptAt: () => Promise<number | null>;
  /**
   * Opens the ledger when necessary.
   * @throws LedgerAwayError
   */
  ledger: () => Promise<Ledger>;
  views: ViewStore;
  bulk: BulkStore;
  bulkRunner: Pick<BulkRunner, 'wake'>;
  /** How far the ledger is behind the records, and why. */
  feed: Pick<ChangeFeed, 'state'>;
  artifacts: Pick<ArtifactStore, 'read' | 'has' | 'maxBytes'>;
  /** The folder that the console shares with the generation workers. */
  artifactsDir: string;
  /** Address of an order on the pages of Atelier, with `{orderId}`. Null: the operator set none. */
  atelierOrderUrl: string | null;
  /** The names of the configured handlers. */
  handlers: readonly string[];
  log: Logger;
  isRedisReady: () => boolean;
  /**
   * The trouble with Redis, known without a call to Redis. Null when Redis answers and accepts
   * writes.
   */
  redisTrouble: () => RedisTrouble | null;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `anyone`: the route needs no login. */
    access?: 'anyone';
    /** The role that the request needs. Left out: viewer to read, operator to change something. */
    role?: Role;
    /** False if the route also answers while Redis is unreachable. */
    needsRedis?: false;
  }

  interface FastifyRequest {
    /** Who sends the request. Null for a guest. Routes that need a login use `signedIn`. */
    account: Account | null;
  }
}
