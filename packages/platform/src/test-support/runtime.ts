import { type Policy, type PolicyInput, policySchema } from '@fulfillment/shared';
import { readSettings } from '../process/read-settings.ts';
import { createRuntime, type Runtime } from '../process/runtime.ts';
import { type IngestorSettings, ingestorSettings } from '../process/settings.ts';
import { type FakeMarket, openMarket } from './market.ts';
import { openScratch, type Scratch } from './scratch.ts';

export interface TestRuntimeOptions {
  /** The agents, by id. Default: `agt_1`. The key of each is `atelier_<id>`. */
  agents?: string[];
  policy?: PolicyInput;
  env?: NodeJS.ProcessEnv;
  /**
   * Takes these from another runtime, to act as a second process on the same Redis and marketplace.
   */
  beside?: TestRuntime;
}

/**
 * The resources of an app, in a separate key space of a real Redis, with a marketplace on loopback.
 */
export interface TestRuntime extends AsyncDisposable {
  runtime: Runtime;
  settings: IngestorSettings;
  policy: Policy;
  market: FakeMarket;
  scratch: Scratch;
  /** Every logged line. */
  lines: Scratch['lines'];
}

/** Builds a runtime whose agents are identified. */
export async function openRuntime(options: TestRuntimeOptions = {}): Promise<TestRuntime> {
  const { agents = ['agt_1'], beside } = options;
  const scratch = beside?.scratch ?? (await openScratch());
  const market = beside?.market ?? (await openMarket());
  market.answers['GET /api/agents/me'] ??= ({ key }) => ({
    data: { id: key.replace('atelier_', ''), endpoint_url: null, webhook_secret: null },
  });
  const settings = readSettings(ingestorSettings, {
    REDIS_URL: scratch.url,
    REDIS_KEY_PREFIX: scratch.prefix,
    ATELIER_BASE_URL: market.url,
    ATELIER_UPLOAD_URL: `${market.url}/blob`,
    SHUTDOWN_GRACE_SECONDS: '0',
    ...options.env,
  });
  const policy = policySchema.parse(options.policy ?? {});
  const credentials = agents.map((id) => ({ name: id, apiKey: `atelier_${id}` }));
  const runtime = await createRuntime(
    settings,
    { agents: credentials, policy },
    { app: 'test', log: scratch.log },
  );
  await runtime.agents.identify(runtime.stopping);
  return {
    runtime,
    settings,
    policy,
    market,
    scratch,
    lines: scratch.lines,
    async [Symbol.asyncDispose]() {
      await runtime.close();
      if (beside !== undefined) return;
      await market[Symbol.asyncDispose]();
      await scratch[Symbol.asyncDispose]();
    },
  };
}
