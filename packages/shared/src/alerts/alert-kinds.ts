/** What a kind of alert is about, and what an operator does. The runbook shows these texts. */
interface KindDescription {
  severity: 'info' | 'warning' | 'critical';
  /** The alert in a few words. */
  title: string;
  meaning: string;
  advice: string;
}

/** Alerts about orders that wait for a human. */
const ORDER_KINDS = {
  order_failed: {
    severity: 'critical',
    title: 'Orders failed',
    meaning:
      'A step of an order failed for good, or an operator stopped it. Nothing happens to the order until somebody acts.',
    advice: "Read the error on the order's page. Repair the handler, then retry, or deliver by hand.",
  },
  handler_failing: {
    severity: 'critical',
    title: 'A handler keeps failing',
    meaning:
      'Five or more orders of one handler wait because it failed. Or at least half of its tries failed lately, of five or more.',
    advice: 'Pause the handler on the Services page, repair it, resume it, and retry its orders together.',
  },
  order_declined: {
    severity: 'warning',
    title: 'A handler declined orders',
    meaning: 'A handler declined to quote, or declined the brief of a paid order.',
    advice: 'Release the order to generate it anyway, or settle it with the buyer.',
  },
  order_held: {
    severity: 'warning',
    title: 'Orders wait for a release',
    meaning:
      'A round of the order starts only if an operator releases it. Examples are an order without a brief and a revision beyond the price.',
    advice: "Read the reason on the order's page, then release the order or answer the buyer.",
  },
  review_waiting: {
    severity: 'warning',
    title: 'Drafts wait for a review',
    meaning: 'A handler asks for a review before delivery.',
    advice: 'Approve the draft, have it regenerated, or decline it.',
  },
  order_disputed: {
    severity: 'critical',
    title: 'Orders are disputed',
    meaning: 'A buyer disputes an order. The payment is held.',
    advice: 'Read the dispute. Release the order to deliver once more, or settle it on Atelier.',
  },
  buyer_waits: {
    severity: 'warning',
    title: 'Buyers wait for an answer',
    meaning: 'A buyer wrote, and nobody has answered or acknowledged the message.',
    advice: "Answer on the order's page.",
  },
  order_due_soon: {
    severity: 'critical',
    title: 'Orders are due soon and wait for you',
    meaning: 'An order that waits for an operator is due within an hour.',
    advice: 'Open the order now: nothing is delivered without you.',
  },
  order_late: {
    severity: 'critical',
    title: 'Orders are late',
    meaning: 'An order is past its due time, and its next step has not succeeded.',
    advice: 'Check the API budget on the Agents page, and paused queues and processes on the System page.',
  },
  order_held_up: {
    severity: 'warning',
    title: 'Orders are held up',
    meaning:
      'A step has not begun for ten minutes. Its handler cannot run, its disk is full, or a cost limit is reached.',
    advice: "Read the reason on the order's page. The order continues automatically afterwards.",
  },
  payout_problem: {
    severity: 'warning',
    title: 'Payouts failed or are missing',
    meaning: 'The marketplace reported a failed payout, or no payout was seen in time.',
    advice: "Check the payout wallet on Atelier, then retry the payout on the order's page.",
  },
  order_unreadable: {
    severity: 'warning',
    title: 'Orders cannot be read',
    meaning: 'The marketplace has not shown an order for an hour, or denies access to it.',
    advice: "Check the agent's key, and whether the marketplace works. Reads are retried.",
  },
  order_contradicted: {
    severity: 'warning',
    title: 'The marketplace shows something unexpected',
    meaning: 'The status of an order is unknown, or contradicts what was done.',
    advice: 'Compare the order on Atelier with its page, and settle the difference.',
  },
  order_other: {
    severity: 'warning',
    title: 'Orders need attention',
    meaning: 'Another version of the product put an order into attention.',
    advice: "Read the reason on the order's page.",
  },
} as const satisfies Record<string, KindDescription>;

/** Alerts about the system. */
const SYSTEM_KINDS = {
  app_missing: {
    severity: 'critical',
    title: 'An app does not run',
    meaning: 'No process of an app is alive that every order needs.',
    advice: 'Start the app. Its last log lines say why it ended.',
  },
  app_restarting: {
    severity: 'critical',
    title: 'An app restarts again and again',
    meaning: 'An app started four times or more on one host within ten minutes.',
    advice: 'Read its last log lines before each start.',
  },
  jobs_waiting: {
    severity: 'warning',
    title: 'Jobs wait too long',
    meaning:
      'The oldest job that a worker could take has waited longer than usual for its queue. For generations, ten minutes are enough if no worker works on any.',
    advice: 'Start more workers, or check why they do not take jobs, on the System page.',
  },
  work_paused: {
    severity: 'warning',
    title: 'A pause holds work',
    meaning: 'An operator paused a handler, a service, an agent or a queue more than an hour ago.',
    advice: 'Resume it on the Services or the System page, if the reason is gone. Due times go on.',
  },
  intake_silent: {
    severity: 'critical',
    title: 'No orders can come in',
    meaning: 'An agent was neither polled nor had a webhook for several intervals.',
    advice: 'Check the ingestor, and whether the marketplace works.',
  },
  signatures_failing: {
    severity: 'warning',
    title: 'Signatures of webhooks are wrong',
    meaning: 'Several webhooks for an agent came with a wrong signature. They were refused.',
    advice: 'Compare the webhook secret with the secret on Atelier. Somebody may also forge webhooks.',
  },
  key_rejected: {
    severity: 'critical',
    title: 'The key of an agent is rejected',
    meaning: 'The marketplace rejects the API key of an agent. Its orders wait.',
    advice: 'Correct the key in the environment, and restart.',
  },
  agent_cannot_earn: {
    severity: 'warning',
    title: 'An agent cannot earn',
    meaning: 'Buyers cannot hire an agent, no handler covers its service, or it cannot be paid out.',
    advice: 'Read the warnings on the Agents page.',
  },
  budget_exhausted: {
    severity: 'info',
    title: 'Deliveries wait for the API budget',
    meaning: 'The rate limit of the marketplace is used up, and deliveries are outstanding.',
    advice: 'They continue with the next window. Does another program use the limit of this address?',
  },
  calls_refused: {
    severity: 'critical',
    title: 'The marketplace refuses calls',
    meaning: 'All calls of a kind have been refused for longer than a window of the rate limit.',
    advice: 'Check on Atelier whether the agents or this address are blocked.',
  },
  redis_memory: {
    severity: 'critical',
    title: 'Redis runs out of memory',
    meaning: 'Redis uses more than 80 % of its limit. At the limit it takes no writes, and all work stops.',
    advice: 'Raise maxmemory, or shorten RETENTION_DAYS.',
  },
  redis_not_saving: {
    severity: 'critical',
    title: 'Redis cannot save',
    meaning: 'The last save of Redis to its disk failed. A crash would lose orders.',
    advice: 'Make room on the disk of Redis, and read its log.',
  },
  disk_full: {
    severity: 'critical',
    title: 'The disk of the artifacts fills up',
    meaning: 'Less than 5 % of the disk of ARTIFACTS_DIR is free.',
    advice: 'Make room. While the disk is full, no handler begins.',
  },
  ledger_behind: {
    severity: 'warning',
    title: 'The ledger is behind',
    meaning: 'The ledger cannot be written, or is more than ten minutes behind. Orders are not affected.',
    advice: 'Check the admin app and the database of the ledger.',
  },
  channel_failing: {
    severity: 'warning',
    title: 'A channel does not take alerts',
    meaning: 'A message to a channel has failed for 15 minutes.',
    advice: 'Read the error on the Alerts page, and correct the configuration of the channel.',
  },
} as const satisfies Record<string, KindDescription>;

export const ALERT_KINDS = { ...ORDER_KINDS, ...SYSTEM_KINDS };
export type AlertKind = keyof typeof ALERT_KINDS;
export const ALERT_KIND_NAMES = Object.keys(ALERT_KINDS) as AlertKind[];

/** Whether alerts of a kind are about orders. */
export function isOrderKind(kind: AlertKind): boolean {
  return kind in ORDER_KINDS;
}
