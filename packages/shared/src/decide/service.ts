import { type Attention, raise } from '../attention/attention.ts';
import type { FactOf, Recorded } from '../facts/facts.ts';
import type { Step } from '../jobs/steps.ts';
import type { OrderRecord } from '../record/record.ts';
import { factsOf, handlerBegun } from '../record/record.ts';
import type { Round } from '../record/rounds.ts';
import { HOUR, MINUTE, SECOND } from './decision.ts';
import { isReleased } from './steps/messages.ts';

/**
 * A service that the marketplace does not list is shown to the operator after this time, because
 * lists may lag right after a sale.
 */
const ANSWER_PATIENCE = 10 * MINUTE;
/** An outage of the marketplace ends without the operator, so it is shown later. */
const OUTAGE_PATIENCE = HOUR;
const SOONEST_READ = 15 * SECOND;
const LATEST_READ = 15 * MINUTE;

/** The steps of an order whose service is unknown. */
interface ServiceHold {
  /** The steps that may run. */
  steps: Step[];
  /** Whether a step waits for the service. */
  isHeld: boolean;
  attention: Attention[];
  readService: string | null;
  lookAgainAt: number | null;
}

/**
 * Whether the order's fields can choose a handler: its service is known, or it came from a bounty
 * and has no service. With missing fields, the default handler would be chosen, whatever the buyer
 * bought.
 */
export function canChooseHandler({ snapshot, service }: OrderRecord): boolean {
  if (snapshot === null) return false;
  if (snapshot.serviceId === null) return snapshot.bountyId !== null;
  return service?.id === snapshot.serviceId;
}

/**
 * Holds the steps that call a handler while the handler is unknown. An earlier handler of the
 * order, or an operator's release, allows the steps. The service is then still read.
 * @returns null when no step calls a handler, or the service is known.
 */
export function holdForService(record: OrderRecord, steps: readonly Step[], now: number): ServiceHold | null {
  const waiting = steps.find(({ name }) => name === 'price' || name === 'generate');
  if (waiting === undefined || canChooseHandler(record)) return null;
  const serviceId = record.snapshot?.serviceId ?? null;
  if (handlerBegun(record) !== null || isReleased(record, waiting.round, 'service_unknown')) {
    return { steps: [...steps], isHeld: false, attention: [], readService: serviceId, lookAgainAt: null };
  }
  const failures = factsOf(record, 'service_unread').filter((fact) => fact.serviceId === serviceId);
  const unreadSince = failures[0]?.at ?? now;
  const since = serviceId === null ? (factsOf(record, 'seen')[0]?.at ?? record.observedAt) : unreadSince;
  return {
    steps: steps.filter((step) => step !== waiting),
    isHeld: true,
    attention: raiseUnknownService(serviceId, failures, { round: waiting.round, since, now }),
    readService: serviceId,
    lookAgainAt: now + Math.min(LATEST_READ, Math.max(SOONEST_READ, (now - since) / 4)),
  };
}

function raiseUnknownService(
  serviceId: string | null,
  failures: readonly Recorded<FactOf<'service_unread'>>[],
  { round, since, now }: { round: Round; since: number; now: number },
): Attention[] {
  const answered = failures.find(({ cause }) => cause !== 'outage');
  const isLong =
    serviceId === null || answered
      ? now >= (answered?.at ?? since) + ANSWER_PATIENCE
      : now >= since + OUTAGE_PATIENCE;
  if (!isLong) return [];
  const detail = (answered ?? failures.at(-1))?.reason ?? null;
  return [raise({ kind: 'held_round', cause: 'service_unknown', round, serviceId, detail })];
}
