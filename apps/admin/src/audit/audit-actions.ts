/** What operators do, by the action's name in the ledger or in the audit log, in plain words. */
export const ACTION_NAMES = {
  retry: 'Retry',
  release: 'Release',
  withdraw_release: 'Take a release back',
  acknowledge: 'Acknowledge',
  stop: 'Stop',
  deliver_by_hand: 'Deliver by hand',
  approve: 'Approve a draft',
  regenerate: 'Have a draft regenerated',
  refuse: 'Decline to deliver',
  message: 'Message to the buyer',
  withdraw_message: 'Withdraw a message',
  retry_payout: 'Ask for a payout again',
  bulk_action: 'Action on many orders',
  pause_work: 'Pause work',
  resume_work: 'Resume work',
  pause_queue: 'Pause a queue',
  resume_queue: 'Resume a queue',
  acknowledge_alert: 'Acknowledge an alert',
  test_alert: 'Test a channel of alerts',
  mute_alert: 'Mute alerts',
  unmute_alert: 'End a mute',
  read_order: 'Read an order from Atelier',
  save_view: 'Save a view',
  remove_view: 'Remove a view',
} as const;
export type ActionName = keyof typeof ACTION_NAMES;
export const ACTIONS = Object.keys(ACTION_NAMES) as ActionName[];
