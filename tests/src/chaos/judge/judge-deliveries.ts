import type { HistoryCall, SandboxOrder } from '../../harness/sandbox.ts';
import { WRITE_LOCK_MS } from '../fleet/fleet-settings.ts';
import { readFileBody } from '../made.ts';
import type { Evidence, OrderEvidence } from './evidence.ts';
import { eachOrder, isAtRest, lastEmptied, timesOverwritten, type Verdict } from './judge-order.ts';

/**
 * The promises about deliveries. Each outstanding delivery happens once, with its round's output.
 * No other delivery happens.
 */
export function deliveryPromises(evidence: Evidence): Verdict[] {
  const callsOf = Map.groupBy(evidence.calls, (call) => call.order_id);
  const calls = ({ id }: OrderEvidence) => callsOf.get(id) ?? [];
  const times = timesDelivered(evidence.orders);
  return [
    eachOrder(evidence, 'every order that was paid for is delivered in every round it owes', (order) =>
      isAtRest(order.market) ? [] : [`still ${order.market.order.status}`],
    ),
    eachOrder(evidence, 'never delivered twice in a round, and never when nothing is owed', (order) =>
      notOwed(order, calls(order)),
    ),
    eachOrder(evidence, 'never priced or delivered after a cancellation', (order) =>
      afterCancellation(order.market, calls(order)),
    ),
    eachOrder(evidence, 'each delivery has the output of its order, round and feedback, and opens', (order) =>
      wrongContent(order, deliveriesOf(order, calls(order)), times),
    ),
    eachOrder(evidence, 'each delivery is recorded as it took effect', (order) =>
      wrongRecord(order, deliveriesOf(order, calls(order)) ?? [], lastEmptied(evidence)),
    ),
  ];
}

/** The statuses with an outstanding delivery. A dispute that nobody released has none. */
const OWING: readonly string[] = ['paid', 'in_progress', 'revision_requested'];

function notOwed({ market }: OrderEvidence, calls: readonly HistoryCall[]): string[] {
  const story = market.states.map(({ status }) => status);
  const wrong = story.some(
    (status, index) => status === 'delivered' && !OWING.includes(story[index - 1] ?? ''),
  );
  const took = tookEffect(calls);
  const delivered = story.filter((status) => status === 'delivered').length;
  return [
    ...(wrong ? [story.join(' → ')] : []),
    ...(took.length === delivered
      ? []
      : [`${took.length} calls took effect, and it was delivered ${delivered} times`]),
  ];
}

/**
 * A write may happen this long after the read of the order, under the lock that was taken before
 * the read.
 */
const RACE_MS = WRITE_LOCK_MS;

/**
 * Calls after a cancellation, except a call that was on its way after a read from before the
 * cancellation.
 */
function afterCancellation({ states }: SandboxOrder, calls: readonly HistoryCall[]): string[] {
  const cancelled = states.find(({ status }) => status === 'cancelled');
  if (cancelled === undefined) return [];
  const late = calls.filter(
    ({ endpoint, at }) => (endpoint === 'orders.deliver' || endpoint === 'orders.quote') && at > cancelled.at,
  );
  const raced = late.filter(({ at }) =>
    calls.some((read) => read.endpoint === 'orders.get' && read.at <= cancelled.at && at - read.at < RACE_MS),
  );
  return late
    .filter((call, index) => index > 0 || !raced.includes(call))
    .map(({ endpoint, at }) => `${endpoint} ${at - cancelled.at} ms after it was cancelled`);
}

/** One delivery, as the marketplace took it. */
interface Delivered {
  round: number;
  urls: string[];
  /** When its call came, in ms since the epoch. */
  at: number;
}

/**
 * The deliveries of an order, from the calls that took effect. Null if its files or its states show
 * other deliveries.
 */
function deliveriesOf({ market }: OrderEvidence, calls: readonly HistoryCall[]): Delivered[] | null {
  const { states, deliverables } = market;
  const rounds = states.flatMap(({ status }, index) =>
    status === 'delivered'
      ? [states.slice(0, index).filter((state) => state.status === 'revision_requested').length]
      : [],
  );
  const groups = tookEffect(calls).map(({ body, at }) => ({ urls: urlsIn(body), at }));
  const shown = deliverables.map(({ deliverable_url: url }) => url);
  const isWhole =
    groups.length === rounds.length &&
    isSame(
      groups.flatMap(({ urls }) => urls),
      shown,
    );
  return isWhole ? groups.map((group, index) => ({ ...group, round: rounds[index] ?? 0 })) : null;
}

function tookEffect(calls: readonly HistoryCall[]): HistoryCall[] {
  return calls.filter(({ endpoint, took_effect }) => endpoint === 'orders.deliver' && took_effect);
}

/** The files that a delivery's body names. */
function urlsIn(body: string | null): string[] {
  const { deliverables, deliverable_url: only } = JSON.parse(body ?? '{}') as {
    deliverables?: { deliverable_url: string }[];
    deliverable_url?: string;
  };
  return (deliverables ?? [{ deliverable_url: only ?? '' }]).map((row) => row.deliverable_url);
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}

/** The number of deliveries of each URL, over all orders. */
function timesDelivered(orders: readonly OrderEvidence[]): Map<string, number> {
  const urls = orders.flatMap(({ market }) => market.deliverables.map((row) => row.deliverable_url));
  return new Map([...Map.groupBy(urls, (url) => url)].map(([url, all]) => [url, all.length]));
}

function wrongContent(
  order: OrderEvidence,
  deliveries: readonly Delivered[] | null,
  times: ReadonlyMap<string, number>,
): string[] {
  if (deliveries === null) return ['its files do not match its deliveries'];
  const superseded = order.market.deliverables.filter(({ status }) => status !== 'completed');
  const problems = deliveries.flatMap(({ round, urls }, index) => {
    const isLast = deliveries.findLastIndex((delivery) => delivery.round === round) === index;
    return [
      ...(urls.length === order.plan.files ? [] : [`${urls.length} files instead of ${order.plan.files}`]),
      ...urls
        .filter((url) => (times.get(url) ?? 0) > 1 + (round === 0 ? timesOverwritten(order.market) : 0))
        .map((url) => `${url} was delivered more than once`),
      ...(isLast ? urls.flatMap((url, place) => wrongFile(order, { round, url, file: place + 1 })) : []),
    ].map((problem) => `round ${round}: ${problem}`);
  });
  return [...problems, ...superseded.map((row) => `${row.deliverable_url} is ${row.status}`)];
}

function wrongFile(
  { id, said, opened }: OrderEvidence,
  { round, url, file }: { round: number; url: string; file: number },
): string[] {
  const answer = opened[url];
  if (answer === undefined) return [`${url} was not opened`];
  if (answer.status !== 200) return [`${url} answers ${answer.status}`];
  const made = readFileBody(answer.body);
  if (made === null) return [`${url} is not an output of the handler: ${answer.body.slice(0, 80)}`];
  const isRight =
    made.order === id && made.round === round && made.file === file && isAbout(made.feedback, round, said);
  return isRight ? [] : [`${url} is the output for something else: ${answer.body}`];
}

/**
 * Whether the handler received the buyer's text for this round. A buyer who received our question
 * twice and answered twice sent the text twice.
 */
function isAbout(feedback: string | null, round: number, said: readonly string[]): boolean {
  const wanted = round === 0 ? null : said[round - 1];
  if (wanted === null || feedback === null) return feedback === wanted;
  return feedback.split('\n\n').every((part) => part === wanted);
}

/**
 * @param emptiedAt the time at which we lost our record of earlier deliveries. The record may be
 * complete again.
 */
function wrongRecord(
  { market, record }: OrderEvidence,
  deliveries: readonly Delivered[],
  emptiedAt: number,
): string[] {
  // A delivery that was overwritten and repeated is the same delivery.
  let repeats = timesOverwritten(market);
  const lines = (some: readonly Delivered[]) => some.map(({ round, urls }) => `${round}: ${urls.join(' ')}`);
  const counted = deliveries.filter((delivery, index) => {
    const isRepeat =
      repeats > 0 && deliveries.slice(0, index).some(({ urls }) => isSame(urls, delivery.urls));
    if (isRepeat) repeats -= 1;
    return !isRepeat;
  });
  const theirs = lines(counted);
  const owed = lines(counted.filter(({ at }) => at > emptiedAt));
  const ours = (record?.delivered ?? []).map(({ round, urls }) => `${round}: ${urls.join(' ')}`);
  return [
    ...owed.filter((delivery) => !ours.includes(delivery)).map((delivery) => `not recorded: ${delivery}`),
    ...ours
      .filter((delivery) => !theirs.includes(delivery))
      .map((delivery) => `recorded, not there: ${delivery}`),
    ...(ours.length <= theirs.length && ours.length >= owed.length
      ? []
      : [`delivered ${theirs.length} times, recorded ${ours.length} times`]),
  ];
}
