/** The messages that this system writes to a buyer on its own. */
export const AUTOMATIC_MESSAGES = [
  'delivered',
  'revised',
  'dispute_received',
  'ask_feedback',
  'delayed',
  'refused',
] as const;

/** Every message to a buyer. `reply`: an operator wrote it. */
export const MESSAGE_KINDS = [...AUTOMATIC_MESSAGES, 'reply'] as const;
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
