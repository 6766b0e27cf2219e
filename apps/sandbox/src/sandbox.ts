import { History } from './history/history.ts';
import { Clock } from './market/clock.ts';
import { Market } from './market/market.ts';
import { seededLuck } from './market/random.ts';
import { seedDemo } from './seed.ts';
import { Faults } from './weather/faults.ts';
import { type LimitSettings, NO_LIMITS, RateLimiter } from './weather/rate-limiter.ts';
import { WebhookSender } from './webhooks/sender.ts';

/** Everything a sandbox is: the marketplace, what it was asked, and its moods. */
export interface Sandbox {
  market: Market;
  webhooks: WebhookSender;
  limiter: RateLimiter;
  faults: Faults;
  history: History;
  /** Files that sellers uploaded, by name. */
  files: Map<string, { bytes: Buffer; contentType: string }>;
  /** Back to how it began: no faults, webhooks at their best, the same luck again. */
  reset(): void;
}

export interface SandboxSettings {
  /** Of all its luck. */
  seed?: number;
  /** Begin with the demo agent. */
  demo?: boolean;
  limits?: LimitSettings;
  /** How many calls, and how many webhooks, are remembered. */
  longestHistory?: number;
}

export function createSandbox({
  seed = 1,
  demo = false,
  limits = NO_LIMITS,
  longestHistory,
}: SandboxSettings): Sandbox {
  // One stream each, so that how often one is asked does not change what the others say.
  const luck = { webhooks: seededLuck(seed), faults: seededLuck(seed + 1), limiter: seededLuck(seed + 2) };
  const history = new History(longestHistory);
  const clock = new Clock();
  const webhooks = new WebhookSender(
    luck.webhooks.random,
    (attempt) => history.noteWebhook({ at: clock.now(), ...attempt }),
    () => clock.now(),
  );
  const market = new Market(clock, (event) => {
    const agent = market.directory.agents.get(event.agentId);
    if (agent !== undefined) webhooks.tell(agent, event);
  });
  const limiter = new RateLimiter(luck.limiter.random);
  const faults = new Faults(luck.faults.random);
  const files: Sandbox['files'] = new Map();
  limiter.set(limits);
  if (demo) seedDemo(market);
  return {
    market,
    webhooks,
    limiter,
    faults,
    history,
    files,
    reset() {
      webhooks.cancel();
      webhooks.habits.reset();
      market.reset();
      limiter.set(limits);
      faults.clear();
      history.reset();
      files.clear();
      for (const { restart } of Object.values(luck)) restart();
      if (demo) seedDemo(market);
    },
  };
}
