/** The messages we write to a buyer. */
export const MESSAGE_KINDS = [
  'delivered',
  'revised',
  'dispute_received',
  'ask_feedback',
  'delayed',
  'refused',
] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/**
 * The steps of workers. `read` belongs to the reconcile: it reads the order from the marketplace.
 */
export const STEP_NAMES = [
  'price',
  'quote',
  'generate',
  'publish',
  'deliver',
  'send',
  'payout_retry',
  'read',
] as const;
export type StepName = (typeof STEP_NAMES)[number];
