import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { type ArtifactStore, localDisk } from '@fulfillment/artifacts';
import {
  adminSettings,
  createLogger,
  createRuntime,
  type Runtime,
  readSettings,
} from '@fulfillment/platform';
import type { Config } from '@fulfillment/runner';
import {
  type ConfiguredAccount,
  DEFAULT_POLICY,
  type Fact,
  type OrderRef,
  parseOrder,
  type SoldService,
} from '@fulfillment/shared';
import { startAdmin } from '../start.ts';
import { projectAll } from './project-all.ts';

/** The inside of an admin process on a real Redis, for tests. */
export interface TestAdmin {
  runtime: Runtime;
  address: string;
  ledgerUrl: string;
  ask(path: string, options?: AskOptions): Promise<Answer>;
  /** Logs in and returns the cookie to send along. Left out: as the owner ADMIN_USER. */
  logIn(user?: string): Promise<string>;
  /** Sends a form as a page of ours would, with the origin of the pages. */
  press(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  /** Brings the ledger up to the records. */
  project(): Promise<void>;
  close(): Promise<void>;
}

interface AskOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export const PASSWORD = 'correct horse battery';

/** Starts the admin on a free port, with a key prefix of its own. REDIS_URL must be set. */
export async function startTestAdmin(
  env: Record<string, string> = {},
  accounts: readonly ConfiguredAccount[] = [],
  { alerts = null, artifacts: store }: { alerts?: Config['alerts']; artifacts?: ArtifactStore } = {},
): Promise<TestAdmin> {
  const redisUrl = process.env.REDIS_URL;
  if (redisUrl === undefined) throw new Error('Set REDIS_URL to a Redis for tests.');
  const prefix = `test-admin-${randomUUID()}`;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'test-admin-'));
  const settings = readSettings(adminSettings, {
    REDIS_URL: redisUrl,
    REDIS_KEY_PREFIX: prefix,
    ADMIN_PORT: '0',
    LEDGER_URL: `file:${path.join(folder, 'ledger.sqlite')}`,
    ...env,
  });
  const operator = { agents: [{ name: 'main agent', apiKey: 'atelier_test' }], policy: DEFAULT_POLICY };
  const runtime = await createRuntime(settings, operator, {
    app: 'admin',
    log: createLogger('admin', 'silent'),
  });
  const artifacts = store ?? localDisk({ folder: settings.ARTIFACTS_DIR, maxBytes: 2_000_000 });
  const address = await startAdmin(runtime, settings, {
    artifacts,
    accounts,
    alerts,
    agents: operator.agents,
    handlers: [{ name: 'configured' }],
  });
  const ask: TestAdmin['ask'] = (path, options) => send(new URL(path, address), options);
  const press: TestAdmin['press'] = (path, form, headers = {}) =>
    ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: address, ...headers },
      body: new URLSearchParams(form).toString(),
    });
  return {
    runtime,
    address,
    ledgerUrl: settings.LEDGER_URL,
    ask,
    press,
    async logIn(user = settings.ADMIN_USER) {
      const { headers } = await press('/login', { user, password: PASSWORD, next: '/' });
      return String(headers['set-cookie']?.[0]).split(';')[0] ?? '';
    },
    project: () => projectAll(runtime, settings.LEDGER_URL),
    async close() {
      if (runtime.redis.status === 'ready') await removeKeys(runtime, prefix);
      await runtime.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const SERVICE: SoldService = {
  id: 'srv_1',
  title: 'A drawing',
  category: 'image_gen',
  priceType: 'fixed',
  turnaroundHours: null,
  quota: null,
};

const HAS_DELIVERABLES: readonly unknown[] = ['delivered', 'completed'];

interface OrderParts {
  /** Fields in the marketplace's format. They replace the defaults. */
  fields?: Record<string, unknown>;
  facts?: Fact[];
}

/** Stores an order as the marketplace returns it, read just now, with facts. */
export async function putOrder(
  { store }: Runtime,
  ref: OrderRef,
  { fields = {}, facts = [] }: OrderParts = {},
): Promise<void> {
  const snapshot = parseOrder({
    id: ref.orderId,
    provider_agent_id: ref.agentId,
    status: 'paid',
    service_id: SERVICE.id,
    service_title: 'A drawing',
    brief: 'Draw a cat.',
    quoted_price_usd: '45.00',
    created_at: new Date().toISOString(),
    // In these statuses the marketplace shows the deliverables of every order.
    ...(HAS_DELIVERABLES.includes(fields.status) && { deliverable_url: 'https://example.com/drawing.png' }),
    ...fields,
  });
  const askedAt = await store.now();
  await store.observe(ref, { snapshot, askedAt, via: 'poll', hintsAnswered: null });
  await store.noteService(ref, SERVICE);
  await store.append(ref, facts);
}

function send(url: URL, { method = 'GET', headers = {}, body }: AskOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

async function removeKeys({ redis }: Runtime, prefix: string): Promise<void> {
  for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 500 })) {
    if (Array.isArray(keys) && keys.length > 0) await redis.unlink(keys);
  }
}
