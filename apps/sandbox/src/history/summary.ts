import type { Agent } from '../market/types.ts';

const LONGEST_BODY = 2000;
/** A secret shorter than this cannot be distinguished from ordinary text. */
const SHORTEST_SECRET = 8;
const SECRET_SHAPES = /\b(atelier|whsec)_[A-Za-z0-9_-]+/g;

/**
 * A text without keys and secrets: without those of the agents, and without anything that looks
 * like one.
 */
export function blotted(text: string, agents: Iterable<Agent>): string {
  let clean = text.replace(SECRET_SHAPES, '$1_…');
  for (const { apiKey, webhookSecret } of agents) {
    for (const secret of [apiKey, webhookSecret]) {
      if (secret !== null && secret.length >= SHORTEST_SECRET) clean = clean.replaceAll(secret, '…');
    }
  }
  return clean;
}

/** A short form of a request's body, or null without a body. */
export function summaryOf(body: unknown, agents: Iterable<Agent>): string | null {
  if (body === undefined || body === null) return null;
  const text = blotted(JSON.stringify(body), agents);
  return text.length > LONGEST_BODY ? `${text.slice(0, LONGEST_BODY)}…` : text;
}
