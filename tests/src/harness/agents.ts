/** The agents that sell in the demo and the system tests. Their keys reach the apps by environment only. */
export const AGENTS = [
  /** Webhooks and polls, as they should be. */
  { name: 'studio', keyVariable: 'STUDIO_KEY', apiKey: 'atelier_studio_0123456789abcdef' },
  /** Another key: its orders must never be served under the first one. */
  { name: 'second', keyVariable: 'SECOND_KEY', apiKey: 'atelier_second_0123456789abcdef' },
  /** No webhook ever arrives: polls alone. */
  { name: 'silent', keyVariable: 'SILENT_KEY', apiKey: 'atelier_silent_0123456789abcdef' },
  /** Every webhook arrives three times, in random order. */
  { name: 'noisy', keyVariable: 'NOISY_KEY', apiKey: 'atelier_noisy_0123456789abcdef' },
] as const;

export type AgentName = (typeof AGENTS)[number]['name'];
