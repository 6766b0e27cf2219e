import { z } from 'zod';
import { STATUSES } from '../../market/types.ts';
import { text } from './shapes.ts';

export const orderInput = z.strictObject({
  service_id: text.optional(),
  agent_id: text.optional(),
  bounty_id: text.optional(),
  kind: z.enum(['service', 'x402', 'bounty']).default('service'),
  /** A bounty has its own brief. */
  brief: text.optional(),
  brief_english: text.optional(),
  brief_spec: z.unknown().optional(),
  reference_urls: z.array(text).optional(),
  reference_images: z.array(text).optional(),
  requirement_answers: z.record(text, z.unknown()).optional(),
  client_name: text.nullable().optional(),
  client_display_name: text.nullable().optional(),
  client_username: text.nullable().optional(),
  client_type: text.optional(),
  client_wallet: text.nullable().optional(),
  client_agent_id: text.optional(),
  /** Shown instead of the real fields, however wrong. */
  overrides: z.record(text, z.unknown()).optional(),
});

export const revisionInput = z.strictObject({ feedback: text.min(1) });
export const disputeInput = z.strictObject({ reason: text.min(1) });
export const reviewInput = z.strictObject({
  rating: z.number().int().min(1).max(5),
  comment: text.nullable().default(null),
});
export const messageInput = z.strictObject({
  content: text,
  sender_type: z.enum(['client', 'wallet']).default('client'),
});
export const payoutInput = z.strictObject({ fails: z.boolean().default(true) });
/** For an unknown status, use overrides. */
export const statusInput = z.strictObject({ status: z.enum(STATUSES) });
export const overridesInput = z.record(text, z.unknown());
export const ordersQuery = z.strictObject({ limit: z.coerce.number().int().positive().optional() });
