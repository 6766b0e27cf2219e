import type { OrderRef } from '@fulfillment/shared';
import { z } from 'zod';
import { BULK_ACTIONS } from './bulk-action.ts';

/** A group of the attention page. An action on it answers only attentions of the group. */
const groupSchema = z.object({
  kind: z.string().max(50),
  title: z.string().max(500),
  /** The error that the orders share. Null: an action of an earlier version, for every error. */
  detail: z.string().max(2000).nullable().default(null),
});
export type BulkGroup = z.infer<typeof groupSchema>;

/** An operator's action on a frozen set of orders. Stored as JSON. */
export const bulkPlanSchema = z.object({
  action: z.enum(BULK_ACTIONS),
  /** Null: every attention of an order that allows the action. */
  group: groupSchema.nullable(),
  /** The operator's name. */
  by: z.string(),
  /** By Redis' clock, in ms. */
  createdAt: z.number(),
  total: z.number(),
  /** More orders matched than one action takes. */
  isCut: z.boolean().default(false),
});
export type BulkPlan = z.infer<typeof bulkPlanSchema>;

/** What became of one order. `skipped`: it did not wait for the action any more. */
export const bulkResultSchema = z.object({
  outcome: z.enum(['done', 'skipped', 'failed']),
  detail: z.string(),
});
export type BulkResult = z.infer<typeof bulkResultSchema>;

/** A bulk action and how far it is. */
export interface BulkSummary extends BulkPlan {
  id: string;
  /** `planned`: previewed, and not started. */
  state: 'planned' | 'running' | 'finished';
  startedAt: number | null;
  /** How many orders are not handled yet. */
  left: number;
}

/** A bulk action with what became of each order. */
export interface BulkRun extends BulkSummary {
  results: readonly (BulkResult & { ref: OrderRef })[];
}
