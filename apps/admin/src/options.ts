import type { ArtifactStore } from '@fulfillment/handlers';
import type {
  AgentRegistry,
  Budget,
  Logger,
  Pauses,
  Queues,
  ReadLag,
  RecordStore,
  RedisTrouble,
} from '@fulfillment/platform';
import type { Policy } from '@fulfillment/shared';
import type { Account } from './access/account.ts';
import type { Frame } from './page/layout.ts';

/** What the admin pages need. The store, queues and budget must fail at once when Redis is away, rather than wait for it. */
export interface AdminOptions {
  account: Account;
  isReadOnly: boolean;
  /** How many proxies of the operator's stand before the pages. */
  proxies: number;
  policy: Policy;
  store: RecordStore;
  queues: Queues;
  pauses: Pauses;
  readLag: ReadLag;
  budget: Budget;
  registry: AgentRegistry;
  artifacts: Pick<ArtifactStore, 'read'>;
  log: Logger;
  isRedisReady: () => boolean;
  /** What is wrong with Redis, known without asking Redis; null: it answers and takes writes. */
  redisTrouble: () => RedisTrouble | null;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may ask; the operator when absent. */
    access?: 'anyone';
    /** False: the route answers while Redis is away. */
    needsRedis?: false;
  }
}

/** What a page shows around its content; for a guest nothing that only the operator needs. */
export function frameOf(
  options: AdminOptions,
  title: string,
  reader: 'operator' | 'guest' = 'operator',
): Frame {
  const isOperator = reader === 'operator';
  return {
    title,
    operator: isOperator ? options.account.user : null,
    hasLogin: options.account.password !== undefined,
    isReadOnly: isOperator && options.isReadOnly,
  };
}
