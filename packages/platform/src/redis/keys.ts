import {
  type OrderRef,
  type SubjectKind,
  type SubjectRef,
  subjectKind,
  subjectName,
} from '@fulfillment/shared';

/** Every key of ours in Redis. BullMQ keeps its own below `<prefix>:bull`. */
export function redisKeys(prefix: string) {
  const lists = listsOf(prefix, 'order');
  return {
    /**
     * Hash: the record of an order, or of another subject. Fields: `agentId`, `orderId` (the
     * subject's id), `snapshot`, `observedAt`, `threadReadAt`, `hints`, `hintsAnswered`,
     * `hintedAt`, `reads`, `service`, `status`, `summary`, `settledAt`, `settledFacts`,
     * `settledSnapshot`, `settledWritten`, `openAttentions`, `attentionSince`, `written`. Each fact
     * has a field `fact:<key>`, and each call of unknown outcome a field `write:<step>`.
     */
    record: (subject: SubjectRef) => `${prefix}:${subjectKind(subject)}:${subjectName(subject)}`,
    /** List with an expiry: the last lines that handlers logged about an order, as JSON. */
    handlerLines: (ref: OrderRef) => `${prefix}:handler-lines:${subjectName(ref)}`,
    /**
     * Hash with an expiry: how the tries of handlers ended, as counts by outcome and handler, in
     * one of the slots of ten minutes since the epoch.
     */
    handlerTries: (slot: number) => `${prefix}:handler-tries:${slot}`,
    /** The lists of the subjects of a kind. */
    lists: (kind: SubjectKind) => listsOf(prefix, kind),
    /** Sorted set of all orders by the time we first heard of them. */
    orders: lists.all,
    /** Sorted set of unfinished orders by the time of their next reconcile. */
    open: lists.open,
    /** Sorted set of orders that wait for a human, by the start of the wait. */
    attention: lists.attention,
    /** Sorted set of finished orders, by the time that they finished. */
    finished: lists.finished,
    /**
     * Sorted set: the orders whose records changed since the ledger last read them, by the time of
     * the change in microseconds.
     */
    feed: `${prefix}:feed`,
    /** Hash: when a ledger first registered, and why it cannot be written. Missing: no ledger. */
    ledger: `${prefix}:ledger`,
    /** Channel: the ledger has read some orders. The message is their number. */
    projected: `${prefix}:projected`,
    /** Set: forgotten orders whose files are not removed yet. */
    leftBehind: `${prefix}:left-behind`,
    /** Hash: an agent's services as JSON, by their ids. */
    services: (agentId: string) => `${prefix}:services:${agentId}`,
    /**
     * String with an expiry: the marketplace is being asked, or was just asked, for an agent's
     * services, or for one of them.
     */
    servicesAsked: (about: string) => `${prefix}:services-asked:${about}`,
    /** Set: the orders of the last poll of an agent. */
    listed: (agentId: string) => `${prefix}:listed:${agentId}`,
    /** Hash: when an agent was polled last, and whether webhooks prove alive. */
    polling: (agentId: string) => `${prefix}:polling:${agentId}`,
    /** Hash with an expiry: how many orders of an agent came in an hour, counted from the epoch. */
    webhookLoss: (agentId: string, hour: number) => `${prefix}:webhook-loss:${agentId}:${hour}`,
    /** Hash: the API budget of an egress address. */
    budget: (egressId: string) => `${prefix}:budget:${egressId}`,
    /** String with an expiry: what a handler cost on a day (`2026-01-31`, UTC), in USD. */
    spent: (handler: string, day: string) => `${prefix}:spent:${handler}:${day}`,
    /** Hash: the amounts of a handler's daily limit that running tries have reserved. */
    reserved: (handler: string) => `${prefix}:reserved:${handler}`,
    /**
     * String with an expiry: the cost of a handler's dearest generation, or of its dearest quote,
     * in USD.
     */
    dearest: (handler: string, step: 'price' | 'generate') =>
      `${prefix}:${step === 'price' ? 'dearest-quote' : 'dearest'}:${handler}`,
    /** String with an expiry: somebody holds this lock. */
    lock: (name: string) => `${prefix}:lock:${name}`,
    /**
     * String with an expiry: the process that exports the numbers which several processes could
     * export.
     */
    scrape: (scope: string) => `${prefix}:scrape:${scope}`,
    /** Hash: the state of each agent of the fleet, as JSON by the operator's name for the agent. */
    agents: `${prefix}:agents`,
    /** String: the handlers and their matches, from the newest read of the configuration. */
    handlers: `${prefix}:handlers`,
    /** String with an expiry: an app that runs in some process, as JSON. */
    process: (id: string) => `${prefix}:process:${id}`,
    /** Set: the ids of the apps that run, and of some that ended a moment ago. */
    processes: `${prefix}:processes`,
    /** Sorted set: the starts of apps within the last hour, as JSON, by their time. */
    processStarts: `${prefix}:process-starts`,
    /** String with an expiry: how many webhooks for an agent had a wrong signature. */
    badSignatures: (agentId: string) => `${prefix}:bad-signatures:${agentId}`,
    /** String: the open alerts, as JSON. */
    alerts: `${prefix}:alerts`,
    /** Hash: messages of alerts that are not sent yet, as JSON by their ids. */
    alertOutbox: `${prefix}:alerts:outbox`,
    /** String with an expiry: a process sends this message now. */
    alertSending: (id: string) => `${prefix}:alerts:sending:${id}`,
    /** String with an expiry: a process evaluates alerts, or calls the heartbeat, in this turn. */
    alertTurn: (what: string) => `${prefix}:alerts:turn:${what}`,
    /** List: the last results of messages, the newest first, as JSON. */
    alertHistory: `${prefix}:alerts:history`,
    /** Hash: who acknowledged an alert, and when, by the alert. */
    alertAcknowledgements: `${prefix}:alerts:acknowledged`,
    /** Hash: the mutes of alerts as JSON, by part and id. */
    alertMutes: `${prefix}:alerts:mutes`,
    /** Hash: who paused a queue, and since when, by queue. */
    pauses: `${prefix}:pauses`,
    /** Stream: what operators did to the system, and not to one order. */
    audit: `${prefix}:audit`,
    /** Sorted set: the operators in `audit`, by the time of their last entry in ms. */
    auditOperators: `${prefix}:audit:operators`,
    /** Hash: who paused an agent, a service or a handler, and since when, by `<part>:<id>`. */
    workPauses: `${prefix}:work-pauses`,
    /**
     * String with an expiry: the longest lag of the marketplace's reads that was noticed, in ms.
     */
    readLag: `${prefix}:read-lag`,
    /** Channel: an order's status changed. Running work must check whether it is still wanted. */
    changes: `${prefix}:changes`,
    /**
     * String: Redis' time at the last probe of any process, in ms. The key is missing after Redis
     * lost its data.
     */
    clock: `${prefix}:clock`,
    /** String: when the last sweep began, in ms since the epoch by the clock of the process. */
    swept: `${prefix}:swept`,
    bull: `${prefix}:bull`,
    /** Hash: the saved views of operators, as JSON by their names. */
    views: `${prefix}:views`,
    /** Set: the bulk actions of operators that are not finished. */
    bulkActive: `${prefix}:bulk:active`,
    /** Sorted set: the bulk actions of the last weeks, by their start in ms. */
    bulkStarted: `${prefix}:bulk:started`,
    /** Hash with an expiry: an operator's action on many orders. */
    bulk: (id: string) => `${prefix}:bulk:${id}`,
    /** List with an expiry: the orders that a bulk action has not handled yet. */
    bulkTodo: (id: string) => `${prefix}:bulk:${id}:todo`,
    /** Hash with an expiry: the result for each handled order of a bulk action, by order. */
    bulkResults: (id: string) => `${prefix}:bulk:${id}:results`,
  };
}
/** The sorted sets of the subjects of one kind. The keys of orders are older than other kinds. */
function listsOf(prefix: string, kind: SubjectKind) {
  const of = kind === 'order' ? prefix : `${prefix}:${kind}s`;
  return {
    /** All subjects, by the time we first heard of them. */
    all: kind === 'order' ? `${of}:orders` : `${of}:all`,
    /** Unfinished subjects, by the time of their next check. */
    open: `${of}:open`,
    /** Subjects that wait for a human, by the start of the wait. */
    attention: `${of}:attention`,
    /** Finished subjects, by the time that they finished. */
    finished: `${of}:finished`,
  };
}

export type RedisKeys = ReturnType<typeof redisKeys>;

/** The order that a member of a set represents. */
export function refOf(text: string): OrderRef {
  const [agentId = '', orderId = ''] = text.split('/');
  return { agentId, orderId };
}
