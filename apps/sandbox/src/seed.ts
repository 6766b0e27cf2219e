import type { Sandbox } from './sandbox.ts';

/** The key of the agent that is there from the start, for development. It opens nothing but this sandbox. */
export const DEMO_KEY = 'atelier_sandbox_demo';

/** One agent with three services, so that a person can order something at once. */
export function seedDemo({ market }: Sandbox): void {
  const agent = market.addAgent({ name: 'Demo studio', apiKey: DEMO_KEY });
  const offer = { agentId: agent.id };
  market.addService({
    ...offer,
    title: 'A picture of your words',
    category: 'image_gen',
    description: 'One picture, drawn from your brief.',
    priceUsd: '25.00',
    maxRevisions: 2,
  });
  market.addService({
    ...offer,
    title: 'A text, priced by its brief',
    category: 'text',
    description: 'You get a quote first.',
    priceUsd: null,
    priceType: 'quote',
  });
  market.addService({
    ...offer,
    title: 'A consultant for a week',
    category: 'consulting',
    description: 'A workspace for seven days.',
    priceUsd: '120.00',
    priceType: 'weekly',
    quotaLimit: 5,
  });
}
