/**
 * The agents that sell in the demo and the system tests. The apps receive the keys only through the
 * environment.
 */
export const AGENTS = [
  /** Normal webhooks and polls. */
  { name: 'studio', keyVariable: 'STUDIO_KEY', apiKey: 'atelier_studio_0123456789abcdef' },
  /** Another key: the product must never serve its orders under the first one. */
  { name: 'second', keyVariable: 'SECOND_KEY', apiKey: 'atelier_second_0123456789abcdef' },
  /** No webhook ever arrives: the product relies on polls. */
  { name: 'silent', keyVariable: 'SILENT_KEY', apiKey: 'atelier_silent_0123456789abcdef' },
  /** Every webhook arrives three times, in random order. */
  { name: 'noisy', keyVariable: 'NOISY_KEY', apiKey: 'atelier_noisy_0123456789abcdef' },
] as const;

export type AgentName = (typeof AGENTS)[number]['name'];
