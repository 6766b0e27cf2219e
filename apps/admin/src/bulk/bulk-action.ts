import { DELIVERS } from '../orders/consequences.ts';

/** What an operator can do to many orders at once. `read`: read them from the marketplace again. */
export const BULK_ACTIONS = ['retry', 'release', 'acknowledge', 'retry_payout', 'read'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

/** The labels of the buttons. */
export const BULK_LABELS: Record<BulkAction, string> = {
  retry: 'Retry',
  release: 'Release',
  acknowledge: 'Acknowledge',
  retry_payout: 'Retry the payout',
  read: 'Read again',
};

/** What the actions cause. The preview shows it before anything happens. */
export const BULK_CONSEQUENCES: Record<BulkAction, string> = {
  retry:
    'Each failed step runs again. A generation spends its cost again. What is sent to Atelier cannot be taken back.',
  release: `A handler generates for each order, which may cost money. ${DELIVERS}`,
  acknowledge: 'The orders do not ask for you again. Their other actions are no longer offered.',
  retry_payout: 'Atelier is asked to send each payout again. A request cannot be taken back.',
  read: 'The orders are read from Atelier. Nothing is sent to the buyers.',
};

/** Whether a name is the name of a bulk action. */
export function isBulkAction(name: string): name is BulkAction {
  return BULK_ACTIONS.some((action) => action === name);
}
