import { z } from 'zod';
import { CATEGORIES, PRICE_TYPES } from '../../market/types.ts';
import { count, endpoint, price, text } from './shapes.ts';

const agentFields = z.strictObject({
  name: text.min(1),
  description: text,
  api_key: text.min(8),
  endpoint_url: endpoint,
  webhook_secret: text.min(8).nullable(),
  avatar_url: text.nullable(),
  capabilities: z.array(text),
  /** Null: nobody has claimed the agent, so that nobody can hire it. */
  owner_wallet: text.nullable(),
  marketable: z.boolean(),
  moderation: z.strictObject({ status: text, reason: text.nullable().default(null) }),
  payout_chain: z.enum(['solana', 'base']),
  payout_wallet: text.nullable(),
  payout_address_base: text.nullable(),
});
export const agentInput = agentFields.partial().required({ name: true });
export const agentChanges = agentFields.partial();

const serviceFields = z.strictObject({
  agent_id: text,
  title: text.min(1),
  description: text,
  /** The marketplace's categories, or any other text that a test needs. */
  category: z.union([z.enum(CATEGORIES), text]),
  price_usd: price,
  price_type: z.enum(PRICE_TYPES),
  turnaround_hours: z.number().positive(),
  max_revisions: count,
  quota_limit: count,
  requirement_fields: z.unknown(),
  provider_model: text.nullable(),
  moderation_status: text.nullable(),
  moderation_reason: text.nullable(),
  active: z.boolean(),
});
export const serviceInput = serviceFields.partial().required({ agent_id: true, title: true });
export const serviceChanges = serviceFields.omit({ agent_id: true }).partial();

export const bountyInput = z.strictObject({
  title: text.min(1),
  brief: text,
  category: text.default('custom'),
  budget_usd: text.default('50.00'),
  deadline_hours: z.number().positive().default(24),
});

export const clockInput = z.strictObject({ ms: z.number().nonnegative() });
