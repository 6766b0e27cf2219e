import type { AlertMessage } from './message.ts';

const PREFIXES = {
  opened: '',
  grown: 'More: ',
  repeated: 'Still open: ',
  escalated: 'Nobody answered: ',
  resolved: 'Resolved: ',
  test: 'Test: ',
} satisfies Record<AlertMessage['state'], string>;

/** The first line of a message. */
export function alertTitle({ state, severity, title, count }: AlertMessage): string {
  const number = count > 1 ? ` (${count})` : '';
  const urgency = severity === 'critical' && state !== 'resolved' ? '[critical] ' : '';
  return `${urgency}${PREFIXES[state]}${title}${number}`;
}

/** The lines below the title, for people. A resolved alert needs no advice. */
export function alertLines(message: AlertMessage): string[] {
  const { state, advice, amountUsd, dueAt, link, runbookLink, acknowledgeLink } = message;
  const isOver = state === 'resolved';
  return [
    ...(isOver ? [] : [advice]),
    ...(amountUsd === null ? [] : [`Orders worth $${amountUsd}`]),
    ...(dueAt === null || isOver ? [] : [`Due ${dueAt.slice(0, 16).replace('T', ' ')} UTC`]),
    ...(link === null ? [] : [link]),
    ...(isOver || runbookLink === null ? [] : [`What to do: ${runbookLink}`]),
    ...(isOver || acknowledgeLink === null ? [] : [`Acknowledge: ${acknowledgeLink}`]),
  ];
}

/** The whole message as plain text. */
export function alertText(message: AlertMessage): string {
  return [alertTitle(message), ...alertLines(message)].join('\n');
}
