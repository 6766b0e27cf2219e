import type { Call, FakeMarket } from '@fulfillment/platform/test-support';
import type { OrderRef } from '@fulfillment/shared';

type Action = 'read' | 'deliver' | 'quote' | 'send' | 'upload';
type Answer = Exclude<FakeMarket['answers'][string], (call: Call) => unknown>;

/** A fault of a call: whether the call takes effect, and the answer in place of the true one. */
export interface Fault {
  takesEffect: boolean;
  /** The call takes effect this long after its connection broke, in ms. */
  effectAfterMs?: number;
  answer: Answer | ((call: Call) => Promise<Answer>);
  /** What happens on the marketplace just before it handles the call. */
  meanwhile?: () => void;
}

/** An order as the marketplace keeps it. */
export interface Trade extends OrderRef {
  ref: OrderRef;
  row: Record<string, unknown>;
  deliverables: { deliverable_url: string; status: string }[];
  messages: { sender_type: string; content: string }[];
  uploads: string[];
  /** The content types of the uploads, as sent. */
  uploadTypes: string[];
  /** The faults of the next calls, in order. Null means no fault. */
  faults: Record<Action, (Fault | null)[]>;
  /** Reads show the order as it was this long ago, in ms, like a lagging replica. */
  lagMs: number;
  /** A cache on the way answers reads. The cache keeps one answer for each address. */
  isCached: boolean;
  /** How often the action was called. */
  count(action: Action): number;
}

const TAKES_DELIVERY = ['paid', 'in_progress', 'revision_requested', 'disputed', 'delivered'];

/** Puts an order on the marketplace, with its rules. */
export function trade(market: FakeMarket, ref: OrderRef, row: Record<string, unknown>): Trade {
  const path = `/api/orders/${ref.orderId}`;
  const routes: Record<Action, string> = {
    read: `GET ${path}`,
    deliver: `POST ${path}/deliver`,
    quote: `POST ${path}/quote`,
    send: `POST ${path}/messages`,
    upload: `POST ${path}/upload`,
  };
  const here: Trade = {
    ...ref,
    ref,
    row,
    deliverables: [],
    messages: [],
    uploads: [],
    uploadTypes: [],
    faults: { read: [], deliver: [], quote: [], send: [], upload: [] },
    lagMs: 0,
    isCached: false,
    count: (action) =>
      market.calls.filter(({ method, path }) => `${method} ${path}` === routes[action]).length,
  };
  const cache = new Map<string, unknown>();
  const past = pastOf(() => ({
    order: { ...here.row },
    deliverables: here.deliverables.map((row) => ({ ...row })),
  }));
  const refuse = (text: string): Answer => ({ status: 400, text });
  const rules: Record<Action, (call: Call) => Answer> = {
    read: ({ query }) => {
      if (!here.isCached) return { data: past.before(here.lagMs) };
      const address = query.toString();
      const known = cache.get(address) ?? past.before(here.lagMs);
      cache.set(address, known);
      return { data: known };
    },
    deliver: ({ body }) => {
      const { status } = here.row;
      past.note();
      if (!TAKES_DELIVERY.includes(String(status)))
        return refuse(`Cannot deliver order with status "${status}"`);
      const input = JSON.parse(body);
      const urls: string[] = (input.deliverables ?? [input]).map(
        (one: { deliverable_url: string }) => one.deliverable_url,
      );
      if (status === 'delivered') for (const old of here.deliverables) old.status = 'superseded';
      here.deliverables.push(...urls.map((url) => ({ deliverable_url: url, status: 'completed' })));
      here.row.status = 'delivered';
      past.note();
      return { data: here.row };
    },
    quote: ({ body }) => {
      if (here.row.status !== 'pending_quote')
        return refuse(`Cannot quote order with status "${here.row.status}"`);
      here.row.status = 'quoted';
      here.row.quoted_price_usd = JSON.parse(body).price_usd;
      return { data: here.row };
    },
    send: ({ body }) => {
      here.messages.push({ sender_type: 'agent', content: JSON.parse(body).content });
      return { data: here.messages.at(-1) };
    },
    upload: ({ body }) => {
      here.uploads.push(/filename="([^"]*)"/.exec(body)?.[1] ?? '');
      here.uploadTypes.push(/content-type: (.*)\r\n/i.exec(body)?.[1] ?? '');
      return {
        data: { url: `https://hosted.example/${ref.orderId}/${here.uploads.length}`, media_type: 'text' },
      };
    },
  };
  for (const action of Object.keys(rules) as Action[]) {
    market.answers[routes[action]] = (call) => {
      const fault = here.faults[action].shift() ?? null;
      fault?.meanwhile?.();
      if (fault === null) return rules[action](call);
      if (fault.takesEffect) rules[action](call);
      if (fault.effectAfterMs !== undefined) setTimeout(() => rules[action](call), fault.effectAfterMs);
      return typeof fault.answer === 'function' ? fault.answer(call) : fault.answer;
    };
  }
  market.answers[`GET ${path}/messages`] = () => ({ data: here.messages.slice(0, 50) });
  return here;
}

/** What reads showed around each delivery. */
function pastOf<T>(show: () => T) {
  const shown: { at: number; what: T }[] = [];
  return {
    note: () => void shown.push({ at: Date.now(), what: show() }),
    /** The state of this long ago. */
    before: (ms: number): T => {
      const entry = shown.findLast(({ at }) => at <= Date.now() - ms) ?? shown[0];
      return ms === 0 || entry === undefined ? show() : entry.what;
    },
  };
}

/** The connection breaks before an answer arrives. The test says whether the call took effect. */
export const answerLost = (takesEffect: boolean): Fault => ({ takesEffect, answer: { drop: true } });
/** The connection breaks while the marketplace is still working on the call. */
export const effectAfter = (effectAfterMs: number): Fault => ({ ...answerLost(false), effectAfterMs });
export const serverError: Fault = { takesEffect: false, answer: { status: 500, text: 'oops' } };
export const refusedFor = (seconds: number): Fault => ({
  takesEffect: false,
  answer: { status: 429, text: 'Too many requests', headers: { 'retry-after': String(seconds) } },
});
/** Something else happens on the marketplace just before our call arrives. */
export const after = (meanwhile: () => void, answer: Answer): Fault => ({
  takesEffect: false,
  answer,
  meanwhile,
});
