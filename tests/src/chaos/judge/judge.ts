import type { SandboxOrder } from '../../harness/sandbox.ts';
import type { MemberExit } from '../fleet/supervisor.ts';
import { NEEDS_A_PERSON } from '../made.ts';
import type { Evidence, JobLeft, OrderEvidence } from './evidence.ts';
import { alertPromises } from './judge-alerts.ts';
import { deliveryPromises } from './judge-deliveries.ts';
import { messagePromises } from './judge-messages.ts';
import { eachOrder, lastEmptied, type Verdict } from './judge-order.ts';
import { KINDS, struck } from './struck.ts';

/**
 * Compares what the marketplace, the buyers and the machine saw with the promises. Pure: it reads
 * only the evidence.
 */
export function judge(evidence: Evidence): Verdict[] {
  return [
    { promise: 'every buyer comes to an end', broken: evidence.problems },
    ...deliveryPromises(evidence),
    ...messagePromises(evidence),
    attention(evidence),
    ...alertPromises(evidence),
    records(evidence),
    { promise: 'the ledger equals the records', broken: evidence.ledgerDifferences },
    { promise: 'a forged webhook is refused, and leaves no trace', broken: forgeries(evidence) },
    { promise: 'no work is left behind, and none failed for good', broken: work(evidence) },
    { promise: 'no key or secret is written anywhere', broken: secrets(evidence) },
    {
      promise: 'every process works at the end, and no process ended without a signal',
      broken: processes(evidence),
    },
    { promise: 'webhooks and buyers reach each ingestor', broken: ingestors(evidence) },
    { promise: 'every kind of disturbance struck', broken: missing(evidence) },
  ];
}

const SHORTEST_REASON = 20;

/** The orders that are disputed, and no others. */
function attention(evidence: Evidence): Verdict {
  return eachOrder(
    evidence,
    'disputed and unanswered orders wait for a human, with a reason, and no others do',
    (order) => {
      const { market, record } = order;
      const { status, revision_count: revisions } = market.order;
      const items = record?.attention ?? [];
      const expected = status === 'disputed' ? `disputed:${revisions}d` : null;
      const isTold = expected === null || items.some(({ key }) => key === expected);
      const unread = items.filter(({ key }) => key.startsWith('unread_message:'));
      const others = items.filter((item) => item.key !== expected && !unread.includes(item));
      return [
        ...(isTold ? [] : ['disputed, and not in attention']),
        ...(unread.length > 0 && !hasUnanswered(order)
          ? ['in attention for a message that needs no answer']
          : []),
        ...(unread.length === 0 && needsAnswer(order, evidence)
          ? ['the buyer waits for an answer, and it is not in attention']
          : []),
        ...others.map(({ key, reason }) => `in attention for "${key}": ${reason}`),
        ...items
          .filter(({ reason }) => reason.length < SHORTEST_REASON)
          .map(({ key, reason }) => `the reason for "${key}" says nothing: "${reason}"`),
      ];
    },
  );
}

/** The statuses in which work is outstanding, or the buyer still decides about it. */
const OPEN: readonly string[] = ['paid', 'in_progress', 'revision_requested', 'delivered', 'disputed'];

/** Whether the buyer wrote anything while the order is open. */
function hasUnanswered({ market }: OrderEvidence): boolean {
  const wrote = market.messages.some((message) => message.sender_type !== 'agent');
  return wrote && OPEN.includes(market.order.status);
}

/**
 * Whether we received the buyer's messages and still know them, and none of them is feedback for a
 * revision. Our own messages do not count: an automatic text answers nothing.
 */
function needsAnswer({ id, market, said }: OrderEvidence, evidence: Evidence): boolean {
  const wrote = market.messages.filter((message) => message.sender_type !== 'agent');
  const isFeedback = wrote.some(({ content }) => said.includes(content));
  if (wrote.length === 0 || isFeedback || !OPEN.includes(market.order.status)) return false;
  return evidence.webhooks.some(
    ({ order_id, event, status, told_at }) =>
      order_id === id && event === 'order.message' && isGood(status) && told_at > lastEmptied(evidence),
  );
}

/** Our stage of an order at rest, by its status on the marketplace. */
const STAGES: Readonly<Record<string, string>> = {
  quoted: 'awaiting_payment',
  delivered: 'in_review',
  completed: 'completed',
  disputed: 'held',
  cancelled: 'cancelled',
};

/**
 * A poll finds orders in these statuses. For a forgotten order in another status, only a webhook
 * brings it back.
 */
const LISTED: readonly string[] = ['pending_quote', 'paid', 'in_progress', 'revision_requested', 'disputed'];

function records(evidence: Evidence): Verdict {
  const emptiedAt = lastEmptied(evidence);
  const told = new Set(
    evidence.webhooks
      .filter(({ status, at }) => isGood(status) && at > emptiedAt)
      .map((webhook) => webhook.order_id),
  );
  const verdict = eachOrder(evidence, 'our records agree with the marketplace', ({ id, market, record }) => {
    const { status } = market.order;
    // An order that was cancelled before we could learn of it needs nothing.
    const isForgotten = (market.states[0]?.at ?? 0) < emptiedAt && !LISTED.includes(status);
    if (record === null) {
      return (status === 'cancelled' || isForgotten) && !told.has(id) ? [] : ['we have no record'];
    }
    if (isOfferStill(record) && wasWithdrawnUnheard(market, evidence)) return [];
    return [
      ...(record.status === status ? [] : [`"${status}", recorded as "${record.status}"`]),
      ...(record.stage === STAGES[status] ? [] : [`"${status}", and its stage is "${record.stage}"`]),
    ];
  });
  const strangers = evidence.strangers.map((id) => `${id}: no buyer placed this order`);
  return { ...verdict, broken: [...verdict.broken, ...strangers] };
}

/**
 * An unpaid offer has no outstanding work: we read it every few hours, unless a webhook reports a
 * change.
 */
function isOfferStill(record: NonNullable<OrderEvidence['record']>): boolean {
  return ['pending_quote', 'quoted'].includes(record.status) && record.stage === 'awaiting_payment';
}

function wasWithdrawnUnheard({ order, states }: SandboxOrder, { webhooks }: Evidence): boolean {
  const wasPaid = states.some(({ status }) => status === 'paid' || status === 'in_progress');
  const wasHeard = webhooks.some(
    (webhook) =>
      webhook.order_id === order.id && webhook.event === 'order.cancelled' && isGood(webhook.status),
  );
  return order.status === 'cancelled' && !wasPaid && !wasHeard;
}

function forgeries({ strikes, places }: Evidence): string[] {
  return [
    ...strikes.forgeries
      .filter(({ status }) => isGood(status))
      .map(({ way, status }) => `${way}: answered ${status}`),
    ...places.flatMap(({ name, found }) =>
      found.filter((what) => what.startsWith('forged')).map((what) => `${what} in ${name}`),
    ),
  ];
}

function work({ jobs, schedulers }: Evidence): string[] {
  const { found, expected } = schedulers;
  return [
    ...jobs
      .filter((job) => !isMadeGood(job))
      .map(({ queue, name, id, state, reason }) => `${queue}: ${name} ${id} ${state}: ${reason}`),
    ...expected.filter((name) => !found.includes(name)).map((name) => `intake: nothing schedules ${name}`),
    ...found
      .filter((name, index) => !expected.includes(name) || found.indexOf(name) !== index)
      .map((name) => `intake: ${name} is scheduled twice, or by nobody`),
  ];
}

/**
 * The marketplace or Redis was unreachable, or a worker died. The next poll, sweep or poke does the
 * work of the failed job.
 */
const PASSING =
  /HTTP (5\d\d|429|404)|timed? ?out|time-out|no answer|connection|socket|network|fetch failed|aborted|stalled|\block\b|ECONN|Redis|OOM command|READONLY|the process stops/i;

/**
 * Whether a failed job needs no attention: another job did its work, as the state of its order
 * shows.
 */
export function isMadeGood({ queue, state, reason }: JobLeft): boolean {
  if (state !== 'failed') return false;
  if (reason.includes(NEEDS_A_PERSON)) return true;
  const isRoutine = queue === 'intake' || queue === 'orders';
  return isRoutine ? PASSING.test(reason) : /stalled|\block\b/i.test(reason);
}

function secrets({ places }: Evidence): string[] {
  return places.flatMap(({ name, status, found }) => [
    ...(status === 200 ? [] : [`${name} could not be read: ${status}`]),
    ...found.filter((what) => !what.startsWith('forged')).map((what) => `${what} in ${name}`),
  ]);
}

function processes({ members, exits }: Evidence): string[] {
  return [
    ...members
      .filter(({ ready }) => ready !== 200)
      .map(({ name, ready, says }) => `${name} is not ready: ${ready} ${says}`),
    ...exits
      .filter((exit) => !isCaused(exit))
      .map(
        ({ member, said, signals }) =>
          `${member} ended with ${said} after ${signals.join(', ') || 'nothing'}`,
      ),
  ];
}

/**
 * Whether a process ended in the way that our signal makes it end. A second SIGTERM ends it at
 * once.
 */
function isCaused({ exit, signals }: MemberExit): boolean {
  if ('error' in exit) return false;
  if ('signal' in exit) return signals.includes(exit.signal);
  const asked = signals.filter((signal) => signal === 'SIGTERM').length;
  return asked > 0 && (exit.code === 0 || (asked > 1 && exit.code === 1));
}

function ingestors({ served }: Evidence): string[] {
  return Object.entries(served).flatMap(([name, { webhooks, artifacts }]) => [
    ...(webhooks > 0 ? [] : [`${name} took no webhook`]),
    ...(artifacts > 0 ? [] : [`${name} served no artifact`]),
  ]);
}

function missing(evidence: Evidence): string[] {
  const counts = struck(evidence);
  return [
    ...KINDS.filter((kind) => counts[kind] === 0).map((kind) => `${kind}: never`),
    ...(evidence.isHistoryWhole ? [] : ['the marketplace forgot a part of its history']),
  ];
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}
