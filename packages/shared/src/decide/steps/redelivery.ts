import { type Attention, raise } from '../../attention/attention.ts';
import type { FactOf, Recorded } from '../../facts/facts.ts';
import type { Step } from '../../jobs/steps.ts';
import {
  MAX_REDELIVERIES,
  overwrittenOf,
  redeliveriesOf,
  unseenDeliveryAt,
} from '../../order/overwritten.ts';
import type { Policy } from '../../policy/policy.ts';
import type { OrderRecord } from '../../record/record.ts';
import type { Round } from '../../record/rounds.ts';
import { MINUTE, type OrderStage, SECOND } from '../decision.ts';
import { requestStep } from '../failures.ts';
import { raiseLateSteps } from '../late-steps.ts';

/** An overwritten delivery that was not delivered again within this time needs a human. */
const REDELIVERY_PATIENCE = 30 * MINUTE;
/** How often the order is checked while its redelivery is outstanding. */
const REDELIVERY_LOOK = 10 * MINUTE;

interface RedeliveryNeeds {
  stage: OrderStage;
  steps: Step[];
  attention: Attention[];
  lookAgainAt: number;
}

/** The inputs to the decision about a redelivery. Times in ms since the epoch. */
interface RedeliveryContext {
  policy: Policy;
  /** When the round is due. */
  due: number;
  now: number;
}

/**
 * Delivers an overwritten round again, with the same URLs.
 * @returns null when the delivery was not overwritten.
 */
export function decideRedelivery(
  record: OrderRecord,
  round: Round,
  context: RedeliveryContext,
): RedeliveryNeeds | null {
  const overwritten = overwrittenOf(record, round);
  if (overwritten === undefined) return null;
  const { policy, now } = context;
  const times = redeliveriesOf(record, round);
  if (times >= MAX_REDELIVERIES) {
    const attention = raise({ kind: 'status', cause: 'overwritten', round, times: times + 1 });
    return { stage: 'held', steps: [], attention: [attention], lookAgainAt: now + REDELIVERY_LOOK };
  }
  const patience = patienceOf(policy);
  const staysFrom = overwritten.at + patience;
  const isConfirmed = record.observedAt >= staysFrom;
  const missing = isConfirmed
    ? requestStep(record, { name: 'deliver', round })
    : { steps: [], attention: [] };
  const lateFrom = overwritten.at + Math.max(REDELIVERY_PATIENCE, 2 * patience);
  const late =
    missing.attention.length > 0
      ? []
      : lateRedelivery(record, missing.steps, { ...context, overwritten, lateFrom });
  const nextLook = isConfirmed ? now + REDELIVERY_LOOK : now < staysFrom ? staysFrom : now + patience;
  return {
    stage: 'delivering',
    steps: missing.steps,
    attention: [...missing.attention, ...late],
    lookAgainAt: now < lateFrom ? Math.min(nextLook, lateFrom) : nextLook,
  };
}

interface LateRedelivery extends RedeliveryContext {
  overwritten: Recorded<FactOf<'delivery_overwritten'>>;
  lateFrom: number;
}

/**
 * Raises an attention for a redelivery that is late: because of the rate limit if that holds the
 * delivery back, otherwise for any reason.
 */
function lateRedelivery(
  record: OrderRecord,
  steps: readonly Step[],
  { due, now, overwritten, lateFrom }: LateRedelivery,
): Attention[] {
  const limited = raiseLateSteps(record, steps, { due, now });
  if (limited.length > 0 || now < lateFrom) return limited;
  const { round, index, at: since } = overwritten;
  return [raise({ kind: 'delay', cause: 'not_redelivered', round, index, since })];
}

/**
 * When the order must be read because of the x402 race, in ms since the epoch. One read after the
 * first delivery notices an overwrite. A second read confirms it before we deliver again.
 * @returns null when no such read is outstanding.
 */
export function confirmReadAt(record: OrderRecord, policy: Policy): number | null {
  const unseenAt = confirmDeliveryAt(record, policy);
  const overwritten = record.snapshot?.status === 'paid' ? overwrittenOf(record, '0') : undefined;
  const staysFrom = overwritten === undefined ? null : overwritten.at + patienceOf(policy);
  const confirmAt = staysFrom !== null && record.observedAt < staysFrom ? staysFrom : null;
  if (unseenAt === null || confirmAt === null) return unseenAt ?? confirmAt;
  return Math.min(unseenAt, confirmAt);
}

/**
 * When a read must confirm a delivery that no answer shows yet, in ms since the epoch. Null: no
 * delivery needs this.
 */
export function confirmDeliveryAt(record: OrderRecord, policy: Policy): number | null {
  const unseenAt = unseenDeliveryAt(record);
  return unseenAt === null ? null : unseenAt + patienceOf(policy);
}

/** How long after a delivery the marketplace may still overwrite it, in ms. */
function patienceOf({ overwrittenAfterSeconds }: Policy): number {
  return overwrittenAfterSeconds * SECOND;
}
