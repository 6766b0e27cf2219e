import { FileStore } from './api/files/store.ts';
import { type Behaviour, Switches } from './behaviour/behaviour.ts';
import { Timers } from './behaviour/timers.ts';
import { History } from './history/history.ts';
import { Clock } from './market/clock.ts';
import { Market } from './market/market.ts';
import { seededLuck } from './market/random.ts';
import { Previews } from './previews/previews.ts';
import { seedDemo } from './seed.ts';
import { Faults } from './weather/faults.ts';
import { type LimitSettings, NO_LIMITS, RateLimiter } from './weather/rate-limiter.ts';
import { WebhookSender } from './webhooks/sender.ts';

/** The marketplace with its webhooks, limits, faults, switches, files and history. */
export interface Sandbox {
  market: Market;
  webhooks: WebhookSender;
  limiter: RateLimiter;
  faults: Faults;
  history: History;
  switches: Switches;
  previews: Previews;
  /** Files that sellers uploaded. */
  files: FileStore;
  /**
   * Calls the listener when an event reaches a seller, and when delayed work has run. Both change
   * the marketplace without a call.
   */
  onChange(listener: () => void): void;
  /** Returns to the start: no faults, the initial settings, the same random numbers. */
  reset(): void;
  /** Stops webhooks, timers and fetches. */
  close(): Promise<void>;
}

export interface SandboxSettings {
  /** The seed of all random numbers. */
  seed?: number;
  /** Whether to begin with the demo agent. */
  demo?: boolean;
  limits?: LimitSettings;
  /** Differences from the real marketplace, at the start and after every reset. */
  behaviour?: Partial<Behaviour>;
  /** The limit on remembered calls, and on remembered webhooks. */
  longestHistory?: number;
}

export function createSandbox({
  seed = 1,
  demo = false,
  limits = NO_LIMITS,
  behaviour = {},
  longestHistory,
}: SandboxSettings): Sandbox {
  // One stream each, so that the use of one stream does not change the values of the others.
  const luck = { webhooks: seededLuck(seed), faults: seededLuck(seed + 1), limiter: seededLuck(seed + 2) };
  const history = new History(longestHistory);
  const clock = new Clock();
  const switches = new Switches(behaviour);
  const timers = new Timers();
  const previews = new Previews(switches);
  const listeners: (() => void)[] = [];
  const notifyChange = () => {
    for (const listener of listeners) listener();
  };
  const webhooks = new WebhookSender(
    luck.webhooks.random,
    (attempt) => history.noteWebhook({ at: clock.now(), ...attempt }),
    () => clock.now(),
  );
  const market = new Market({
    clock,
    switches,
    tell: (event) => {
      notifyChange();
      const agent = market.directory.agents.get(event.agentId);
      if (agent !== undefined) webhooks.tell(agent, event);
    },
    after: (ms, work) =>
      timers.after(ms, () => {
        work();
        notifyChange();
      }),
  });
  const limiter = new RateLimiter(luck.limiter.random);
  const faults = new Faults(luck.faults.random);
  const files = new FileStore();
  limiter.set(limits);
  if (demo) seedDemo(market);
  return {
    market,
    webhooks,
    limiter,
    faults,
    history,
    switches,
    previews,
    files,
    onChange: (listener) => void listeners.push(listener),
    reset() {
      webhooks.cancel();
      timers.cancel();
      previews.reset();
      webhooks.habits.reset();
      switches.reset();
      market.reset();
      limiter.set(limits);
      faults.clear();
      history.reset();
      files.reset();
      for (const { restart } of Object.values(luck)) restart();
      if (demo) seedDemo(market);
    },
    async close() {
      timers.cancel();
      previews.stop();
      await webhooks.close();
    },
  };
}
