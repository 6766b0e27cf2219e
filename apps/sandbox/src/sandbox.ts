import { History } from './history.ts';
import { Market } from './market/market.ts';
import { seededRandom } from './market/random.ts';
import { Faults } from './weather/faults.ts';
import { RateLimiter } from './weather/rate-limiter.ts';
import { DEFAULT_HABITS, WebhookSender } from './webhooks/sender.ts';

/** Everything a sandbox is: the marketplace, what it was asked, and its moods. */
export interface Sandbox {
  market: Market;
  webhooks: WebhookSender;
  limiter: RateLimiter;
  faults: Faults;
  history: History;
  /** Back to an empty marketplace in a good mood. */
  reset(): void;
}

/** @param seed of all its luck: losses, repeats, faults. */
export function createSandbox(seed = 1): Sandbox {
  const random = seededRandom(seed);
  const webhooks = new WebhookSender(random);
  const market = new Market((event) => {
    const agent = market.agents.get(event.agentId);
    if (agent !== undefined) webhooks.tell(agent, event);
  });
  const limiter = new RateLimiter();
  const faults = new Faults(random);
  const history = new History();
  return {
    market,
    webhooks,
    limiter,
    faults,
    history,
    reset() {
      market.reset();
      limiter.reset();
      faults.clear();
      history.reset();
      webhooks.attempts = [];
      webhooks.habits = DEFAULT_HABITS;
      webhooks.habitsOf.clear();
    },
  };
}
