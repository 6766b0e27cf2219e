import { SEVERITIES, type Severity } from '@fulfillment/handlers';
import type { AlertsConfig } from '@fulfillment/runner';
import { type AlertKind, isOrderKind } from '@fulfillment/shared';

/** A channel of the configuration, with its rules. */
export type Route = AlertsConfig['channels'][number];

/** The properties of an alert that a channel's rules name. */
export interface Subject {
  kind: AlertKind;
  severity: Severity;
  /** The names of the agents and handlers that the alert concerns. */
  agents: readonly string[];
  handlers: readonly string[];
}

/** Whether a channel wants an alert at all. */
export function wants(route: Route, subject: Subject): boolean {
  const { severity, kinds, agents, handlers } = route;
  if (SEVERITIES.indexOf(subject.severity) < SEVERITIES.indexOf(severity)) return false;
  if (kinds !== undefined && !kinds.includes(subject.kind)) return false;
  if (!isOrderKind(subject.kind)) return true;
  return overlaps(agents, subject.agents) && overlaps(handlers, subject.handlers);
}

function overlaps(wanted: readonly string[] | undefined, found: readonly string[]): boolean {
  return wanted === undefined || found.some((name) => wanted.includes(name));
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
