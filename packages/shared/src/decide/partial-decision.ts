import type { OrderSnapshot } from '../order/order.ts';
import type { Policy } from '../policy/policy.ts';
import type { OrderRecord } from '../record/record.ts';
import type { Attention, Decision } from './decision.ts';

/** Everything that a decision about an order that we saw depends on. */
export interface Situation {
  record: OrderRecord;
  /** The record's snapshot, with the status that holds now. */
  order: OrderSnapshot;
  policy: Policy;
  /** By Redis' clock, in ms since the epoch. */
  now: number;
}

/** What an order's status asks for, before `decide` adds what holds in every status. */
export type PartialDecision = Omit<Decision, 'readOrder' | 'readMessages' | 'attention' | 'unread'> & {
  attention: Attention[];
};

/** A decision to start from: nothing is missing, and nothing more is expected. */
export function emptyDecision(stage: Decision['stage']): PartialDecision {
  return {
    stage,
    round: null,
    steps: [],
    attention: [],
    facts: [],
    readService: null,
    readThread: null,
    dueAt: null,
    payoutDueAt: null,
    lookAgainAt: null,
  };
}

/** The earliest of these times that is in the future. */
export function earliest(now: number, ...times: (number | null)[]): number | null {
  const coming = times.flatMap((time) => (time !== null && time > now ? [time] : []));
  return coming.length > 0 ? Math.min(...coming) : null;
}
