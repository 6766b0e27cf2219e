import type { OrderSnapshot } from '../order/order.ts';
import type { Policy } from '../policy/policy.ts';
import type { OrderRecord } from '../record/record.ts';
import type { Decision } from './decision.ts';

/** All inputs to a decision about an order that we have seen. */
export interface Situation {
  record: OrderRecord;
  /** The record's snapshot, with the current status. */
  order: OrderSnapshot;
  policy: Policy;
  /** By Redis' clock, in ms since the epoch. */
  now: number;
}

/** The needs of an order by its status, before `decide` adds what holds in every status. */
export type PartialDecision = Omit<
  Decision,
  'readOrder' | 'nextReadAt' | 'readMessages' | 'unread' | 'stepsDueAt' | 'canStart'
>;

/** A decision to start from: nothing is missing, and no change is expected. */
export function emptyDecision(stage: Decision['stage']): PartialDecision {
  return {
    stage,
    round: null,
    steps: [],
    cancelledSteps: [],
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
