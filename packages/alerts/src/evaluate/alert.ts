import { SEVERITIES } from '@fulfillment/handlers';
import { ALERT_KIND_NAMES } from '@fulfillment/shared';
import { z } from 'zod';

const time = z.number();

/** The number, the money and the due time of the conditions of an alert. */
const extentSchema = z.object({
  count: z.number(),
  /** The sum of the orders' prices, as a decimal text. Null: not known. */
  amountUsd: z.string().nullable(),
  /** The earliest due time. Null: nothing is due. */
  dueAt: time.nullable(),
  /** A path of the console. */
  path: z.string(),
});
export type Extent = z.infer<typeof extentSchema>;

/** What a channel was sent about an alert. Times in ms since the epoch. */
const toldSchema = z.object({
  firstAt: time,
  at: time,
  /** The conditions that the last message covered, as short hashes. */
  keys: z.array(z.string()),
  /** The newest extent of the conditions that concern the channel. */
  extent: extentSchema,
  /** Since when no condition concerns the channel. Null: some do. */
  emptySince: time.nullable(),
  /** How many messages the channel was sent. */
  messages: z.number(),
  /** When the alert went on to another channel. Null: it has not. */
  escalatedAt: time.nullable(),
});
export type Told = z.infer<typeof toldSchema>;

/** An alert that is open: conditions that belong together. Times in ms since the epoch. */
export const alertSchema = extentSchema.extend({
  alert: z.string(),
  kind: z.enum(ALERT_KIND_NAMES),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  openedAt: time,
  /** Since when none of its conditions has lasted. Null: some last. */
  emptySince: time.nullable(),
  agentIds: z.array(z.string()),
  handlers: z.array(z.string()),
  /** Who acknowledged the alert, and when. Null: nobody. */
  acknowledged: z.object({ by: z.string(), at: time }).nullable(),
  isMuted: z.boolean(),
  /** By the name of the channel. */
  told: z.record(z.string(), toldSchema),
});
export type Alert = z.infer<typeof alertSchema>;
