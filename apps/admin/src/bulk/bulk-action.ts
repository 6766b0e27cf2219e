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

/** Whether a name is the name of a bulk action. */
export function isBulkAction(name: string): name is BulkAction {
  return BULK_ACTIONS.some((action) => action === name);
}
