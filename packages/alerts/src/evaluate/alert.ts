import { SEVERITIES } from '@fulfillment/handlers';
import { ALERT_KIND_NAMES } from '@fulfillment/shared';
import { z } from 'zod';

const time = z.number();

/** What a channel was sent about an alert. Times in ms since the epoch. */
const toldSchema = z.object({
  firstAt: time,
  at: time,
  /** The conditions that the messages covered and that still last, as short hashes. */
  keys: z.array(z.string()),
  /** How many messages the channel was sent. */
  messages: z.number(),
  /** When the alert went on to another channel. Null: it has not. */
  escalatedAt: time.nullable(),
});
export type Told = z.infer<typeof toldSchema>;

/** An alert that is open: conditions that belong together. Times in ms since the epoch. */
export const alertSchema = z.object({
  alert: z.string(),
  kind: z.enum(ALERT_KIND_NAMES),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  openedAt: time,
  /** Since when none of its conditions has lasted. Null: some last. */
  emptySince: time.nullable(),
  count: z.number(),
  amountUsd: z.string().nullable(),
  dueAt: time.nullable(),
  path: z.string(),
  agentIds: z.array(z.string()),
  handlers: z.array(z.string()),
  /** Who acknowledged the alert, and when. Null: nobody. */
  acknowledged: z.object({ by: z.string(), at: time }).nullable(),
  isMuted: z.boolean(),
  /** By the name of the channel. */
  told: z.record(z.string(), toldSchema),
});
export type Alert = z.infer<typeof alertSchema>;
