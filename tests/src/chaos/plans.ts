import type { AgentName } from '../harness/agents.ts';
import type { Luck } from './luck.ts';

/**
 * How an order begins, and the price type of its service. `x402` and `bounty` orders are paid from
 * the start.
 */
export const PRICE_TYPE = {
  fixed: 'fixed',
  quote: 'quote',
  weekly: 'weekly',
  monthly: 'monthly',
  x402: 'fixed',
  bounty: 'fixed',
} as const;
type Kind = keyof typeof PRICE_TYPE;
const KINDS: readonly Kind[] = [
  'fixed',
  'fixed',
  'quote',
  'quote',
  'x402',
  'x402',
  'weekly',
  'monthly',
  'bounty',
];

export const AGENT_NAMES: readonly AgentName[] = ['studio', 'second', 'silent', 'noisy'];

/**
 * What a buyer will do with an order. It is drawn before anything happens, so that a seed fixes it.
 */
export interface Plan {
  agent: AgentName;
  kind: Kind;
  files: 1 | 2;
  /** A paid subscription cannot be cancelled: its buyer tries, and stays silent. */
  cancels: 'before paying' | 'after paying' | null;
  revisions: number;
  messages: boolean;
  /** An operator delivers the first round by hand, because its handler fails. */
  isByHand: boolean;
  /**
   * The price includes one revision. An operator releases the next one, with a note to the handler.
   */
  isReleased: boolean;
  /** An operator writes to the buyer after the first delivery. */
  isWrittenTo: boolean;
  /** For an instant hire: whether the marketplace writes `paid` over the first delivery. */
  races: boolean;
  ends: 'approves' | 'disputes' | 'is silent';
  /** The wait before each of the buyer's actions, in ms. */
  pace: number;
  startsAfterMs: number;
}

/**
 * @param first the fixed properties of the first orders, so that even a short run has each kind,
 * and each end.
 */
function planOf(luck: Luck, spreadMs: number, first: Partial<Plan> = {}): Plan {
  return {
    agent: luck.pick(AGENT_NAMES),
    kind: luck.pick(KINDS),
    files: luck.chance(0.2) ? 2 : 1,
    cancels: luck.chance(0.12) ? luck.pick(['before paying', 'after paying'] as const) : null,
    revisions: luck.pick([0, 0, 0, 1, 1, 2]),
    messages: luck.chance(0.2),
    isWrittenTo: luck.chance(0.4),
    isByHand: false,
    isReleased: false,
    // One of these in a run is enough: the redelivery waits for `overwrittenAfterSeconds`.
    races: false,
    ends: luck.pick(['approves', 'approves', 'disputes', 'is silent'] as const),
    pace: luck.between(0, 1500),
    startsAfterMs: luck.between(0, spreadMs),
    ...first,
  };
}

/** The plans that every run must have, however few orders it has. */
const AT_LEAST: readonly Partial<Plan>[] = [
  { kind: 'quote', cancels: 'before paying' },
  { kind: 'fixed', cancels: 'after paying', pace: 0 },
  {
    kind: 'monthly',
    cancels: null,
    files: 2,
    revisions: 1,
    messages: true,
    isWrittenTo: true,
    ends: 'approves',
  },
  { kind: 'weekly', cancels: null, revisions: 2, ends: 'is silent' },
  { kind: 'bounty', cancels: null, ends: 'disputes' },
  { kind: 'fixed', cancels: null, files: 1, isByHand: true, revisions: 1, ends: 'approves' },
  { kind: 'fixed', cancels: null, files: 1, isByHand: true, agent: 'silent', ends: 'is silent' },
  { kind: 'fixed', cancels: null, isReleased: true, revisions: 2, ends: 'approves' },
  { kind: 'fixed', cancels: null, isReleased: true, revisions: 2, agent: 'silent', ends: 'is silent' },
  {
    kind: 'x402',
    agent: 'silent',
    cancels: null,
    races: true,
    revisions: 1,
    ends: 'approves',
    startsAfterMs: 0,
  },
];

/** The plans of all buyers. @param spreadMs the time within which they begin. */
export function plansOf(luck: Luck, count: number, spreadMs: number): Plan[] {
  return Array.from({ length: count }, (_, index) =>
    planOf(luck.fork(`buyer ${index}`), spreadMs, AT_LEAST[index]),
  );
}
