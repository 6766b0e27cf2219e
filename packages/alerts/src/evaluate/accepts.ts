import { SEVERITIES, type Severity } from '@fulfillment/handlers';
import type { AlertsConfig } from '@fulfillment/runner';
import { type AlertKind, isOrderKind } from '@fulfillment/shared';

/** A channel of the configuration, with its rules. */
export type Route = AlertsConfig['channels'][number];

/** The properties of a condition that a channel's rules name. */
export interface Subject {
  kind: AlertKind;
  severity: Severity;
  /** The names of the agent and the handler that the condition concerns. Null: none. */
  agent: string | null;
  handler: string | null;
}

/** Whether a channel wants messages about a condition. */
export function wants(route: Route, { kind, severity, agent, handler }: Subject): boolean {
  if (SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(route.severity)) return false;
  if (route.kinds !== undefined && !route.kinds.includes(kind)) return false;
  if (!isOrderKind(kind)) return true;
  return includes(route.agents, agent) && includes(route.handlers, handler);
}

function includes(wanted: readonly string[] | undefined, found: string | null): boolean {
  return wanted === undefined || (found !== null && wanted.includes(found));
}

/**
 * Whether it is a quiet hour of a channel.
 * @param now in ms since the epoch.
 */
export function isQuiet({ quietHours }: Pick<Route, 'quietHours'>, now: number): boolean {
  if (quietHours === undefined) return false;
  const { from, to, timeZone } = quietHours;
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const time = clock.format(now);
  return from <= to ? from <= time && time < to : time >= from || time < to;
}
