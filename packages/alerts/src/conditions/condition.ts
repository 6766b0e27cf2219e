import type { AlertKind } from '@fulfillment/shared';

/** Something that is wrong now. Conditions of one alert are sent in one message. */
export interface Condition {
  /** Identifies the condition while it lasts. */
  key: string;
  kind: AlertKind;
  /** Identifies the alert that the condition belongs to. */
  alert: string;
  /** What the alert says in a few words. All conditions of an alert have the same title. */
  title: string;
  /** The agent's id. Null: the condition concerns no agent. */
  agentId: string | null;
  /** Null: the condition concerns no handler. */
  handler: string | null;
  /** The price of the order, as a decimal text. Null: not an order, or not known. */
  amountUsd: string | null;
  /** When the order is due, in ms since the epoch. */
  dueAt: number | null;
  /** A path of the console. */
  path: string;
}
