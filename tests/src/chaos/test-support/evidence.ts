import type { HistoryCall, HistoryWebhook, SandboxOrder } from '../../harness/sandbox.ts';
import type { Evidence, OrderEvidence } from '../judge/evidence.ts';
import { fileBody } from '../made.ts';
import type { Plan } from '../plans.ts';
import { alertMessage } from './alert-message.ts';

/** The evidence of a run that kept every promise. Tests break one promise at a time. */
export function goodEvidence(): Evidence {
  const orders = [revised(), disputed(), cancelled(), overwritten()];
  return {
    orders,
    strangers: [],
    calls: [...orders.flatMap(deliveryCalls), ...deliveryCalls(overwritten()), ...badWeather()],
    webhooks: [
      webhook({ order_id: 'ord_1', told_at: 20, at: 21 }),
      webhook({ order_id: 'ord_1', told_at: 10, at: 22 }),
      webhook({ order_id: 'ord_1', copy: 1, told_at: 20, at: 23 }),
      webhook({ order_id: 'ord_3', lost: true, attempt: 0, status: 0 }),
    ],
    isHistoryWhole: true,
    jobs: [
      { queue: 'intake', name: 'poll', id: '1', state: 'failed', reason: 'Service Unavailable (HTTP 503)' },
    ],
    schedulers: { found: ['sweep', 'poll-agt_1'], expected: ['sweep', 'poll-agt_1'] },
    places: [{ name: 'Redis', status: 200, found: [] }],
    strikes: {
      freezes: [{ app: 'delivery-worker', ms: 13_000, overtaken: 1 }],
      forgeries: [{ way: 'no signature', fingerprint: 'abc', status: 401 }],
      replays: 1,
      rejectedClaims: 1,
      rollingRestarts: 1,
      ledgerTroubles: 1,
      pagedLists: 1,
      pauses: 1,
      stops: 1,
    },
    ledgerDifferences: [],
    redisKills: 1,
    redisMisbehaviours: { 'redis out of memory': 1, 'redis read-only': 1, 'redis mute in handshakes': 1 },
    emptiedAt: [-1],
    members: [{ name: 'ingestor-1', ready: 200, says: 'ok' }],
    exits: [
      {
        member: 'admin-1',
        exit: { signal: 'SIGKILL' },
        said: 'SIGKILL',
        signals: ['SIGKILL'],
        isLast: false,
      },
      { member: 'admin-1', exit: { code: 0 }, said: 'status 0', signals: ['SIGTERM'], isLast: false },
    ],
    served: { 'ingestor-1': { webhooks: 1, artifacts: 1 } },
    alerts: { messages: [alertMessage('opened')], expected: ['order_disputed:Dispute'] },
    problems: [],
  };
}

/** The first, second or third order of good evidence. */
export function orderOf({ orders }: Evidence, place: 0 | 1 | 2): OrderEvidence {
  const order = orders[place];
  if (order === undefined) throw new Error(`there is no order ${place}`);
  return order;
}

/** Two files, delivered, revised once and approved. */
function revised(): OrderEvidence {
  const said = ['Bluer, please.'];
  const plan = planOf({ files: 2, revisions: 1 });
  const rounds = [urlsOf('ord_1', 0, 2), urlsOf('ord_1', 1, 2)];
  return {
    ...orderAt('ord_1', {
      plan,
      statuses: ['paid', 'delivered', 'revision_requested', 'delivered', 'completed'],
      rounds,
    }),
    said,
    uploads: 1,
    releases: 1,
    opened: Object.fromEntries(
      rounds.flatMap((urls, round) =>
        urls.map((url, index) => {
          const feedback = said[round - 1] ?? null;
          return [url, { status: 200, body: fileBody({ order: 'ord_1', round, feedback, file: index + 1 }) }];
        }),
      ),
    ),
  };
}

function disputed(): OrderEvidence {
  const rounds = [urlsOf('ord_2', 0, 1)];
  const order = orderAt('ord_2', {
    plan: planOf({ ends: 'disputes' }),
    statuses: ['paid', 'delivered', 'disputed'],
    rounds,
  });
  const attention = [
    { key: 'disputed:0d', reason: 'The buyer disputes the order. Release it, or settle it.' },
  ];
  return {
    ...order,
    opened: Object.fromEntries(
      (rounds[0] ?? []).map((url) => [
        url,
        { status: 200, body: fileBody({ order: 'ord_2', round: 0, feedback: null, file: 1 }) },
      ]),
    ),
    record: order.record && { ...order.record, stage: 'held', attention },
  };
}

function cancelled(): OrderEvidence {
  return orderAt('ord_3', {
    plan: planOf({ cancels: 'after paying' }),
    statuses: ['quoted', 'paid', 'cancelled'],
    rounds: [],
  });
}

/**
 * An instant hire whose first delivery the marketplace overwrote with `paid`, and that we delivered
 * again.
 */
function overwritten(): OrderEvidence {
  const urls = urlsOf('ord_4', 0, 1);
  const statuses = ['paid', 'delivered', 'paid', 'delivered'];
  const order = orderAt('ord_4', { plan: planOf({ kind: 'x402', races: true }), statuses, rounds: [urls] });
  order.market.deliverables.push(...order.market.deliverables);
  const file = fileBody({ order: 'ord_4', round: 0, feedback: null, file: 1 });
  return {
    ...order,
    opened: Object.fromEntries(urls.map((url) => [url, { status: 200, body: file }])),
    record: order.record && { ...order.record, stage: 'in_review' },
  };
}

function planOf(more: Partial<Plan>): Plan {
  return {
    agent: 'studio',
    kind: 'fixed',
    files: 1,
    cancels: null,
    revisions: 0,
    messages: false,
    isWrittenTo: false,
    isByHand: false,
    isReleased: false,
    races: false,
    ends: 'approves',
    pace: 0,
    startsAfterMs: 0,
    ...more,
  };
}

function urlsOf(id: string, round: number, files: number): string[] {
  return Array.from({ length: files }, (_, index) => `http://files.example/${id}/${round}/${index + 1}`);
}

function orderAt(
  id: string,
  { plan, statuses, rounds }: { plan: Plan; statuses: string[]; rounds: string[][] },
): OrderEvidence {
  const thanks = id === 'ord_1' ? ['Thank you.', 'Thank you.'] : [];
  const said = thanks.map((content) => ({ sender_type: 'client', content }));
  const market: SandboxOrder = {
    order: {
      id,
      status: statuses.at(-1) ?? '',
      revision_count: statuses.filter((status) => status === 'revision_requested').length,
      quoted_price_usd: '20.00',
    },
    deliverables: rounds.flat().map((url) => ({
      deliverable_url: url,
      deliverable_media_type: 'text',
      status: 'completed',
    })),
    messages: [...said, { sender_type: 'agent', content: 'Your order is delivered.' }],
    states: statuses.map((status, index) => ({ status, at: 1000 * index, by: 'somebody' })),
  };
  const delivered = rounds.map((urls, round) => ({ round: String(round), urls }));
  const status = market.order.status;
  return {
    id,
    plan,
    said: [],
    written: null,
    uploads: 0,
    releases: 0,
    market,
    opened: {},
    record: { status, stage: status, attention: [], delivered },
  };
}

export function call(more: Partial<HistoryCall>): HistoryCall {
  return {
    at: 0,
    endpoint: 'orders.deliver',
    agent_id: 'agt_1',
    order_id: null,
    status: 200,
    took_effect: false,
    fault: null,
    latency_ms: 0,
    body: null,
    ...more,
  };
}

function deliveryCalls({ id, record }: OrderEvidence): HistoryCall[] {
  return (record?.delivered ?? []).map(({ urls }) => {
    const rows = urls.map((url) => ({ deliverable_url: url, deliverable_media_type: 'text' }));
    const body = JSON.stringify(rows.length === 1 ? rows[0] : { deliverables: rows });
    return call({ order_id: id, took_effect: true, body });
  });
}

/** Calls, one for each fault of the marketplace. */
function badWeather(): HistoryCall[] {
  const endpoint = 'orders.get';
  return [
    call({ endpoint, latency_ms: 100 }),
    call({ endpoint, status: 429 }),
    ...[503, 404].map((status) => call({ endpoint, fault: 'status', status })),
    call({ fault: 'status', status: 403 }),
    ...['html', 'reset', 'stale'].map((fault) => call({ endpoint, fault, status: 0 })),
    ...['lost', 'hang', 'late'].map((fault) =>
      call({ endpoint: 'orders.quote', fault, status: 0, took_effect: true }),
    ),
  ];
}

function webhook(more: Partial<HistoryWebhook>): HistoryWebhook {
  return {
    at: 1,
    event: 'order.paid',
    order_id: 'ord_1',
    told_at: 1,
    copy: 0,
    attempt: 1,
    status: 202,
    ms: 0,
    lost: false,
    ...more,
  };
}
