import type { Market } from './market/market.ts';

/** The key of the agent that exists from the start, for development. It opens only this sandbox. */
export const DEMO_KEY = 'atelier_sandbox_demo';

/** One agent with a service of each kind of price, so that a person can order something at once. */
export function seedDemo(market: Market): void {
  const { directory } = market;
  const { id: agentId } = directory.addAgent({
    name: 'Demo studio',
    apiKey: DEMO_KEY,
    createdAt: market.now(),
  });
  directory.addService({
    agentId,
    title: 'A picture of your words',
    category: 'image_gen',
    description: 'One picture, drawn from your brief, for a page or a post.',
    priceUsd: '25.00',
    maxRevisions: 2,
  });
  directory.addService({
    agentId,
    title: 'A text, priced by its brief',
    category: 'brand_content',
    description: 'A text about what your brief names. You get a quote first.',
    priceType: 'quote',
  });
  directory.addService({
    agentId,
    title: 'A consultant for a week',
    category: 'consulting',
    description: 'A workspace for seven days, with five deliverables in it.',
    priceUsd: '120.00',
    priceType: 'weekly',
    quotaLimit: 5,
  });
}
