import { createHash } from 'node:crypto';
import type { AlertMessage } from '@fulfillment/handlers';
import { ALERT_KINDS, fromMicros, toMicros } from '@fulfillment/shared';
import type { Condition } from '../conditions/condition.ts';
import { isQuiet, type Route, wants } from './accepts.ts';
import type { Alert, Told } from './alert.ts';

/** A message for a channel. Its links are added when it is sent. */
export interface OutgoingMessage {
  channel: string;
  message: Omit<AlertMessage, 'link' | 'runbookLink' | 'acknowledgeLink'>;
  /** A path of the console. */
  path: string;
}

export interface Evaluation {
  alerts: Alert[];
  messages: OutgoingMessage[];
}

/** The rules and the time of an evaluation. */
export interface Context {
  /** In ms since the epoch. */
  now: number;
  routes: readonly Route[];
  /** How long a new alert waits for others that belong to it, in ms. */
  groupMs: number;
  /** How often an open alert is repeated, in ms. */
  repeatMs: number;
  /** The name of an agent, by its id. */
  agentNames: ReadonlyMap<string, string>;
  isMuted: (alert: Pick<Alert, 'kind' | 'agentIds' | 'handlers'>) => boolean;
}

/**
 * An alert whose conditions ended is resolved after this part of the group wait, so that no flicker
 * closes it.
 */
const RESOLVED_AFTER = 1 / 2;
/** An alert remembers so many of the conditions that its messages covered. */
const MOST_KEYS = 2000;

/**
 * Decides which alerts are open and which messages are due. It has no clock and no I/O.
 * @param before the open alerts of the last evaluation.
 * @param conditions all that is wrong now.
 */
export function evaluate(
  before: readonly Alert[],
  conditions: readonly Condition[],
  context: Context,
): Evaluation {
  const found = Map.groupBy(conditions, ({ alert }) => alert);
  const open = new Map(before.map((alert) => [alert.alert, alert]));
  const result: Evaluation = { alerts: [], messages: [] };
  for (const name of new Set([...open.keys(), ...found.keys()])) {
    const members = found.get(name) ?? [];
    const alert = current(open.get(name) ?? null, members, context);
    if (alert === null) continue;
    const next = members.length === 0 ? ending(alert, context) : lasting(alert, members, context);
    if (next.alert !== null) result.alerts.push(next.alert);
    result.messages.push(...next.messages);
  }
  return result;
}

interface Next {
  alert: Alert | null;
  messages: OutgoingMessage[];
}

/** The alert with its conditions of now. Null: it never was one. */
function current(before: Alert | null, members: readonly Condition[], context: Context): Alert | null {
  const [first] = members;
  if (first === undefined) return before;
  const amounts = members.flatMap(({ amountUsd }) => (amountUsd === null ? [] : (toMicros(amountUsd) ?? [])));
  const dueTimes = members.flatMap(({ dueAt }) => dueAt ?? []);
  const distinct = (values: readonly (string | null)[]) =>
    [...new Set(values.flatMap((value) => value ?? []))].toSorted();
  const alert: Alert = {
    alert: first.alert,
    kind: first.kind,
    severity: ALERT_KINDS[first.kind].severity,
    title: first.title,
    openedAt: before?.openedAt ?? context.now,
    emptySince: null,
    count: members.length,
    amountUsd: amounts.length === 0 ? null : fromMicros(amounts.reduce((sum, one) => sum + one)),
    dueAt: dueTimes.length === 0 ? null : Math.min(...dueTimes),
    path: members.length === 1 ? first.path : first.path.startsWith('/orders/') ? '/' : first.path,
    agentIds: distinct(members.map(({ agentId }) => agentId)),
    handlers: distinct(members.map(({ handler }) => handler)),
    acknowledged: before?.acknowledged ?? null,
    isMuted: false,
    told: before?.told ?? {},
  };
  return { ...alert, isMuted: context.isMuted(alert) };
}

/**
 * An alert without conditions: it is resolved after a moment, for every channel that knows it. A
 * channel in its quiet hours gets the message afterwards.
 */
function ending(alert: Alert, { groupMs, now, routes }: Context): Next {
  const emptySince = alert.emptySince ?? now;
  const known = Object.entries(alert.told);
  if (known.length > 0 && now - emptySince < groupMs * RESOLVED_AFTER)
    return { alert: { ...alert, emptySince }, messages: [] };
  const isHeld = (channel: string) =>
    alert.severity !== 'critical' && routes.some((route) => route.name === channel && isQuiet(route, now));
  const told = Object.fromEntries(known.filter(([channel]) => isHeld(channel)));
  const messages = known
    .filter(([channel]) => !isHeld(channel))
    .map(([channel]) => messageFor(alert, { channel, state: 'resolved' }));
  return { alert: Object.keys(told).length === 0 ? null : { ...alert, emptySince, told }, messages };
}

function lasting(before: Alert, members: readonly Condition[], context: Context): Next {
  const alert: Alert = { ...before, told: { ...before.told } };
  const messages: OutgoingMessage[] = [];
  const { now } = context;
  if (alert.isMuted || now - alert.openedAt < context.groupMs) return { alert, messages };
  const keys = members.slice(0, MOST_KEYS).map(({ key }) => shortKey(key));
  const agents = alert.agentIds.map((id) => context.agentNames.get(id) ?? id);
  const subject = { ...alert, agents };
  const tell = (channel: string, state: AlertMessage['state']) => {
    messages.push(messageFor(alert, { channel, state }));
    const told = alert.told[channel];
    const known = told ?? { firstAt: now, messages: 0, escalatedAt: null };
    alert.told[channel] = { ...known, at: now, keys, messages: known.messages + 1 };
  };
  for (const route of context.routes) {
    const told = alert.told[route.name];
    const isHeld = alert.severity !== 'critical' && isQuiet(route, now);
    if (!route.onlyEscalated && wants(route, subject) && !isHeld) {
      const isAcknowledged = alert.acknowledged !== null;
      const state = dueState(told, { keys, isAcknowledged }, context);
      if (state !== null) tell(route.name, state);
    }
    escalate(alert, { route, tell, now });
  }
  return { alert, messages };
}

/** The message that a channel is due now, or null. */
function dueState(
  told: Told | undefined,
  { keys, isAcknowledged }: { keys: readonly string[]; isAcknowledged: boolean },
  { repeatMs, now }: Context,
): AlertMessage['state'] | null {
  if (told === undefined) return 'opened';
  const known = new Set(told.keys);
  const added = keys.filter((key) => !known.has(key)).length;
  const kept = keys.length - added;
  // A few more orders are not news, but as many again as half of those that are known are.
  if (added > 0 && added >= kept / 2) return 'grown';
  return !isAcknowledged && now - told.at >= repeatMs ? 'repeated' : null;
}

/** An alert that nobody acknowledged in time also goes to another channel, once. */
function escalate(
  alert: Alert,
  { route, tell, now }: { route: Route; tell: (channel: string, state: 'escalated') => void; now: number },
): void {
  const told = alert.told[route.name];
  const { escalate: rule } = route;
  if (told === undefined || rule === undefined || alert.acknowledged !== null) return;
  if (told.escalatedAt !== null || now - told.firstAt < rule.afterMinutes * 60_000) return;
  alert.told[route.name] = { ...told, escalatedAt: now };
  tell(rule.to, 'escalated');
}

function messageFor(
  alert: Alert,
  { channel, state }: { channel: string; state: AlertMessage['state'] },
): OutgoingMessage {
  const { alert: name, kind, severity, title, count, amountUsd, dueAt, openedAt, path } = alert;
  const number = alert.told[channel]?.messages ?? 0;
  return {
    channel,
    path,
    message: {
      id: createHash('sha256')
        .update(JSON.stringify([name, openedAt, channel, number, state]))
        .digest('hex')
        .slice(0, 32),
      alert: name,
      kind,
      severity,
      state,
      title,
      advice: ALERT_KINDS[kind].advice,
      count,
      amountUsd,
      dueAt: dueAt === null ? null : new Date(dueAt).toISOString(),
      openedAt: new Date(openedAt).toISOString(),
    },
  };
}

/** Keys are long, and an alert may keep thousands of them. */
function shortKey(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 10);
}
