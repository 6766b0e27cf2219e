import { createHash } from 'node:crypto';
import type { AlertMessage } from '@fulfillment/handlers';
import { ALERT_KINDS, fromMicros, toMicros } from '@fulfillment/shared';
import type { Condition } from '../conditions/condition.ts';
import { isQuiet, type Route, wants } from './accepts.ts';
import type { Alert, Extent, Told } from './alert.ts';
import { messageFor, type OutgoingMessage } from './outgoing-message.ts';

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
  isMuted: (condition: Pick<Condition, 'kind' | 'agentId' | 'handler'>) => boolean;
}

/**
 * An alert whose conditions ended is resolved after this part of the group wait, so that no flicker
 * closes it.
 */
const RESOLVED_AFTER = 1 / 2;
/** A critical alert that grows by any order sends a message, at most this often. In ms. */
const GROWTH_MS = 15 * 60_000;
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
    result.messages.push(...notify(alert, members, context));
    // An alert that is over stays until each channel that knows it has heard of its end.
    if (members.length > 0 || Object.keys(alert.told).length > 0) result.alerts.push(alert);
  }
  return result;
}

/** The alert with its conditions of now. Null: it never was one. */
function current(before: Alert | null, members: readonly Condition[], context: Context): Alert | null {
  const { now } = context;
  const [first] = members;
  if (first === undefined) {
    return (
      before && {
        ...withOwnTold(before),
        emptySince: before.emptySince ?? now,
        isMuted: wasMuted(before, context),
      }
    );
  }
  const distinct = (values: readonly (string | null)[]) =>
    [...new Set(values.flatMap((value) => value ?? []))].toSorted();
  // An alert that is over stays open for a channel in its quiet hours.
  const isNew = before === null || isOver(before.emptySince, context);
  return {
    ...extentOf(members),
    alert: first.alert,
    kind: first.kind,
    severity: ALERT_KINDS[first.kind].severity,
    title: first.title,
    openedAt: isNew ? now : before.openedAt,
    emptySince: null,
    agentIds: distinct(members.map(({ agentId }) => agentId)),
    handlers: distinct(members.map(({ handler }) => handler)),
    acknowledged: isNew ? null : before.acknowledged,
    isMuted: members.every(context.isMuted),
    told: before === null ? {} : withOwnTold(before).told,
  };
}

function withOwnTold(alert: Alert): Alert {
  return { ...alert, told: { ...alert.told } };
}

/** An alert without conditions is muted if a mute covers all that it concerned. */
function wasMuted({ kind, agentIds, handlers }: Alert, { isMuted }: Context): boolean {
  const agents = agentIds.length === 0 ? [null] : agentIds;
  const own = handlers.length === 0 ? [null] : handlers;
  return agents.every((agentId) => own.every((handler) => isMuted({ kind, agentId, handler })));
}

function isOver(emptySince: number | null, { groupMs, now }: Context): boolean {
  return emptySince !== null && now - emptySince >= groupMs * RESOLVED_AFTER;
}

function extentOf(members: readonly Condition[]): Extent {
  const [first] = members;
  const amounts = members.flatMap(({ amountUsd }) => (amountUsd === null ? [] : (toMicros(amountUsd) ?? [])));
  const dueTimes = members.flatMap(({ dueAt }) => dueAt ?? []);
  const path = first?.path ?? '/';
  return {
    count: members.length,
    amountUsd: amounts.length === 0 ? null : fromMicros(amounts.reduce((sum, one) => sum + one)),
    dueAt: dueTimes.length === 0 ? null : Math.min(...dueTimes),
    path: members.length > 1 && path.startsWith('/orders/') ? '/' : path,
  };
}

/** Returns the due messages of an alert, and records them in the alert. */
function notify(alert: Alert, members: readonly Condition[], context: Context): OutgoingMessage[] {
  const { agentNames, now, routes } = context;
  const { kind, severity } = alert;
  const messages: OutgoingMessage[] = [];
  const audible = members.filter((member) => !context.isMuted(member));
  const ownOf = (route: Route, of: readonly Condition[]) =>
    of.filter(({ agentId, handler }) => {
      const agent = agentId === null ? null : (agentNames.get(agentId) ?? agentId);
      return wants(route, { kind, severity, agent, handler });
    });
  const isHeld = (route: Route) => severity !== 'critical' && isQuiet(route, now);
  const tell = (channel: string, state: AlertMessage['state'], own: readonly Condition[]) => {
    const told = alert.told[channel] ?? { firstAt: now, messages: 0, escalatedAt: null };
    const extent = extentOf(own);
    messages.push(messageFor(alert, { channel, state, extent, told }));
    const keys = shortKeys(own);
    alert.told[channel] = { ...told, at: now, keys, extent, emptySince: null, messages: told.messages + 1 };
  };

  for (const route of routes) {
    const told = alert.told[route.name];
    const own = ownOf(route, audible);
    if (own.length === 0) {
      if (told === undefined) continue;
      const emptySince = told.emptySince ?? now;
      alert.told[route.name] = { ...told, emptySince };
      const isMuted = members.length === 0 ? alert.isMuted : ownOf(route, members).length > 0;
      if (isMuted || isHeld(route) || !isOver(emptySince, context)) continue;
      messages.push(messageFor(alert, { channel: route.name, state: 'resolved', extent: told.extent, told }));
      delete alert.told[route.name];
      continue;
    }
    if (told !== undefined) alert.told[route.name] = { ...told, extent: extentOf(own), emptySince: null };
    if (now - alert.openedAt < context.groupMs) continue;
    if (!route.onlyEscalated && !isHeld(route)) {
      const state = dueState(alert, { told, keys: shortKeys(own) }, context);
      if (state !== null) tell(route.name, state, own);
    }
    const target = escalationOf(alert, route, context);
    const ofTarget = target === null ? [] : ownOf(target, audible);
    if (target === null || ofTarget.length === 0 || isHeld(target)) continue;
    const escalated = alert.told[route.name];
    if (escalated !== undefined) alert.told[route.name] = { ...escalated, escalatedAt: now };
    tell(target.name, 'escalated', ofTarget);
  }
  // The configuration has no such channel any more.
  for (const channel of Object.keys(alert.told))
    if (routes.every(({ name }) => name !== channel)) delete alert.told[channel];
  return messages;
}

/** The message that a channel is due now, or null. */
function dueState(
  { acknowledged, severity }: Alert,
  { told, keys }: { told: Told | undefined; keys: readonly string[] },
  { repeatMs, now }: Context,
): AlertMessage['state'] | null {
  if (told === undefined) return 'opened';
  const known = new Set(told.keys);
  const added = keys.filter((key) => !known.has(key)).length;
  const kept = keys.length - added;
  // A few more orders are not news, but as many again as half of those that are known are.
  if (added > 0 && added >= kept / 2) return 'grown';
  if (added > 0 && severity === 'critical' && now - told.at >= GROWTH_MS) return 'grown';
  return acknowledged === null && now - told.at >= repeatMs ? 'repeated' : null;
}

/** The channel that an alert escalates to now, because nobody acknowledged it. Null: none. */
function escalationOf(
  { acknowledged, told }: Alert,
  { name, escalate }: Route,
  { routes, now }: Context,
): Route | null {
  const sent = told[name];
  if (sent === undefined || escalate === undefined || acknowledged !== null) return null;
  if (sent.escalatedAt !== null || now - sent.firstAt < escalate.afterMinutes * 60_000) return null;
  return routes.find((route) => route.name === escalate.to) ?? null;
}

function shortKeys(members: readonly Condition[]): string[] {
  return members.slice(0, MOST_KEYS).map(({ key }) => shortKey(key));
}

/** Keys are long, and an alert may keep thousands of them. */
function shortKey(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 10);
}
