import type { HistoryCall, HistoryWebhook } from '../../harness/sandbox.ts';
import { WRITE_LOCK_MS } from '../fleet/fleet-settings.ts';
import type { Evidence } from './evidence.ts';
import { timesOverwritten } from './judge-order.ts';

/** The strikes, by kind. They count what happened, and not the attempts. */
export const KINDS = [
  'SIGKILL',
  'SIGTERM',
  'SIGSTOP',
  'SIGSTOP of a delivery worker beyond its lock',
  'delivery overtaken by another worker',
  'Redis killed',
  'Redis out of memory',
  'Redis read-only, as after a failover',
  'Redis mute in handshakes',
  'Redis emptied',
  'ledger away',
  'rolling restart of the generation workers',
  'latency',
  'status 503',
  'order not found for a while',
  'delivering forbidden for a while',
  'html 502',
  'reset',
  'stale read',
  'list read in pages',
  'delivery overwritten by the payment of an instant hire',
  'answer lost after effect',
  'no answer after effect, timed out',
  'delivery took effect after its caller gave up',
  'refused 429',
  'forged webhook refused',
  'real webhook replayed',
  "claim rejected with the winner's order",
  'work paused and resumed by an operator',
  'generation stopped by an operator, and retried',
  'failed generation delivered by hand',
  'revision released with a note',
  "buyer's message repeated",
  'webhook lost',
  'webhook repeated',
  'webhook overtaken by a later one',
] as const;
export type Kind = (typeof KINDS)[number];

export function struck(evidence: Evidence): Record<Kind, number> {
  const { calls, webhooks, exits, strikes, redisKills } = evidence;
  const { freezes, forgeries, replays, rejectedClaims, rollingRestarts } = strikes;
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const hit = (fault: string) => calls.filter(isStruckBy(fault)).length;
  const ended = (signal: NodeJS.Signals) =>
    exits.filter(
      ({ exit, signals, isLast }) =>
        !isLast &&
        ('signal' in exit ? exit.signal === signal : signal === 'SIGTERM' && signals.includes(signal)),
    ).length;
  return {
    SIGKILL: ended('SIGKILL'),
    SIGTERM: ended('SIGTERM'),
    SIGSTOP: freezes.length,
    'SIGSTOP of a delivery worker beyond its lock': freezes.filter(
      ({ app, ms }) => app === 'delivery-worker' && ms > WRITE_LOCK_MS,
    ).length,
    'delivery overtaken by another worker': sum(freezes.map(({ overtaken }) => overtaken)),
    'Redis killed': redisKills,
    'Redis out of memory': evidence.redisMisbehaviours['redis out of memory'],
    'Redis read-only, as after a failover': evidence.redisMisbehaviours['redis read-only'],
    'Redis mute in handshakes': evidence.redisMisbehaviours['redis mute in handshakes'],
    'Redis emptied': evidence.emptiedAt.length,
    'ledger away': strikes.ledgerTroubles,
    'rolling restart of the generation workers': rollingRestarts,
    latency: hit('latency'),
    'status 503': calls.filter(({ fault, status }) => fault === 'status' && status === 503).length,
    'order not found for a while': calls.filter(isDenied(DENIALS['read 404'])).length,
    'delivering forbidden for a while': calls.filter(isDenied(DENIALS['deliver 403'])).length,
    'html 502': hit('html'),
    reset: hit('reset'),
    'stale read': hit('stale'),
    'list read in pages': strikes.pagedLists,
    'delivery overwritten by the payment of an instant hire': sum(
      evidence.orders.map(({ market }) => timesOverwritten(market)),
    ),
    'answer lost after effect': hit('lost'),
    'no answer after effect, timed out': hit('hang'),
    'delivery took effect after its caller gave up': hit('late'),
    'refused 429': calls.filter(({ status }) => status === 429).length,
    'forged webhook refused': forgeries.filter(({ status }) => status === 401).length,
    'real webhook replayed': replays,
    "claim rejected with the winner's order": rejectedClaims,
    'work paused and resumed by an operator': strikes.pauses,
    'generation stopped by an operator, and retried': strikes.stops,
    'failed generation delivered by hand': sum(evidence.orders.map(({ uploads }) => uploads)),
    'revision released with a note': sum(evidence.orders.map(({ releases }) => releases)),
    "buyer's message repeated": sum(evidence.orders.map(({ market }) => repeatedMessages(market.messages))),
    'webhook lost': webhooks.filter(({ lost }) => lost).length,
    'webhook repeated': webhooks.filter(({ copy, attempt }) => copy > 0 && attempt === 1).length,
    'webhook overtaken by a later one': overtakenWebhooks(webhooks),
  };
}

function repeatedMessages(messages: Evidence['orders'][number]['market']['messages']): number {
  const texts = messages.filter(({ sender_type }) => sender_type !== 'agent').map(({ content }) => content);
  return texts.length - new Set(texts).size;
}

/** Faults that count only if the call took effect. */
export const WITH_EFFECT = ['lost', 'hang', 'late'];

/**
 * Calls that the marketplace denies for a moment although the order is ours: reading a listed
 * order, and delivering it.
 */
export const DENIALS = {
  'read 404': { endpoint: 'orders.get', status: 404 },
  'deliver 403': { endpoint: 'orders.deliver', status: 403 },
} as const;

/** Whether a call met such a denial. */
export function isDenied(denial: { endpoint: string; status: number }): (call: HistoryCall) => boolean {
  return ({ endpoint, fault, status }) =>
    fault === 'status' && endpoint === denial.endpoint && status === denial.status;
}

/** Whether a call met a fault of this kind. */
export function isStruckBy(kind: string): (call: HistoryCall) => boolean {
  if (kind === 'latency') return ({ latency_ms }) => latency_ms > 0;
  return ({ fault, took_effect }) => fault === kind && (took_effect || !WITH_EFFECT.includes(kind));
}

/** Counts webhooks that arrived after a webhook about a later event of the same order. */
function overtakenWebhooks(webhooks: readonly HistoryWebhook[]): number {
  const arrived = webhooks
    .filter(({ status, order_id }) => order_id !== null && status >= 200 && status < 300)
    .toSorted((one, other) => one.at - one.ms - (other.at - other.ms));
  const latest = new Map<string | null, number>();
  let overtaken = 0;
  for (const { order_id: order, told_at: toldAt } of arrived) {
    const seen = latest.get(order) ?? 0;
    if (toldAt < seen) overtaken += 1;
    latest.set(order, Math.max(seen, toldAt));
  }
  return overtaken;
}
