/** How much an alert matters, the least first. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * Why a message is sent.
 * - `opened`: the alert began.
 * - `grown`: the alert concerns many more orders.
 * - `repeated`: the alert is still open.
 * - `escalated`: nobody acknowledged the alert.
 * - `resolved`: the alert ended.
 * - `test`: an operator tests the channel.
 */
type AlertState = 'opened' | 'grown' | 'repeated' | 'escalated' | 'resolved' | 'test';

/** A message about an alert. It never contains a brief, a message of a buyer, or a secret. */
export interface AlertMessage {
  /** Identifies the message. A message that is sent again keeps its id. */
  id: string;
  /** Identifies the alert. All its messages have the same value. */
  alert: string;
  /** What kind of alert this is, such as `order_failed`. See the runbook. */
  kind: string;
  severity: Severity;
  state: AlertState;
  /** The alert in a few words. */
  title: string;
  /** What to do about it. */
  advice: string;
  /** How many orders or parts the alert concerns. */
  count: number;
  /** The sum of the prices of its orders, as a decimal text. Null: no price is known. */
  amountUsd: string | null;
  /** When the first of its orders is due, ISO 8601. Null: none is due. */
  dueAt: string | null;
  /** When the alert began, ISO 8601. */
  openedAt: string;
  /** Page of the console. Null: the console has no known address. */
  link: string | null;
  /** What the alert means and what to do. */
  runbookLink: string | null;
  /** A page that acknowledges the alert, without a login. */
  acknowledgeLink: string | null;
}

/** Sends alerts to people. */
export interface AlertChannel {
  /** The protocol, such as `slack`. */
  readonly protocol: string;
  /** Values that no log, error or page may show. */
  readonly secrets: readonly string[];
  /** What is wrong with the options. The start of the apps reports it. Absent: nothing is wrong. */
  readonly problem?: string;
  /**
   * Sends a message.
   * @throws ChannelError when it was not sent, or perhaps not sent.
   */
  send(message: AlertMessage, signal: AbortSignal): Promise<void>;
  /**
   * Checks whether the service answers, without a message. Absent: the protocol has no such call.
   * @throws ChannelError
   */
  check?(signal: AbortSignal): Promise<void>;
}

/** A message was not sent. The text never contains the address or a token of the channel. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError';
  /** Whether a later attempt may succeed. */
  readonly isTemporary: boolean;
  /** The wait that the service asks for, in ms. Null: it names none. */
  readonly retryAfterMs: number | null;

  constructor(
    message: string,
    { isTemporary, retryAfterMs = null }: { isTemporary: boolean; retryAfterMs?: number | null },
  ) {
    super(message);
    this.isTemporary = isTemporary;
    this.retryAfterMs = retryAfterMs;
  }
}
