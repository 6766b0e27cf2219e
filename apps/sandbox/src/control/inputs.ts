import { z } from 'zod';
import { PRICE_TYPES, STATUSES } from '../market/types.ts';
import { FAULT_KINDS } from '../weather/faults.ts';

/** What the control calls take. A field that is not listed is refused, so that a typing error does not pass unnoticed. */

const text = z.string();
const probability = z.number().min(0).max(1);

export const agentInput = z.strictObject({
  name: text.min(1),
  api_key: text.min(1).optional(),
  endpoint_url: z.url().nullable().optional(),
  webhook_secret: text.nullable().optional(),
});

export const serviceInput = z.strictObject({
  agent_id: text,
  title: text.min(1),
  description: text.optional(),
  category: text.optional(),
  price_usd: text.optional(),
  price_type: z.enum(PRICE_TYPES).optional(),
  turnaround_hours: z.number().positive().optional(),
  max_revisions: z.number().int().nonnegative().optional(),
  quota_limit: z.number().int().positive().optional(),
  requirement_fields: z.unknown().optional(),
});

export const orderInput = z.strictObject({
  service_id: text.optional(),
  agent_id: text.optional(),
  bounty_id: text.optional(),
  kind: z.enum(['service', 'x402', 'bounty']).default('service'),
  brief: text,
  reference_urls: z.array(text).optional(),
  reference_images: z.array(text).optional(),
  requirement_answers: z.record(text, z.unknown()).optional(),
  client_name: text.optional(),
  client_agent_id: text.optional(),
  /** Shown instead of the real fields, however wrong. */
  overrides: z.record(text, z.unknown()).optional(),
});

export const bountyInput = z.strictObject({
  title: text.min(1),
  brief: text,
  budget_usd: text.default('50.00'),
  deadline_hours: z.number().positive().default(24),
});

export const webhookInput = z.strictObject({
  /** Absent: for all agents. */
  agent_id: text.optional(),
  enabled: z.boolean().optional(),
  loss: probability.optional(),
  repeat: z.number().min(0).max(20).optional(),
  reorder_ms: z.number().min(0).max(60_000).optional(),
  retry_delays_ms: z.array(z.number().min(0).max(60_000)).max(10).optional(),
});

export const rawWebhookInput = z.strictObject({
  agent_id: text,
  /** Sent as it is. */
  body: text,
  signature: z.enum(['valid', 'wrong', 'none']).default('valid'),
  /** Signs with another agent's secret. */
  signed_by: text.optional(),
  timestamp_offset_seconds: z.number().int().default(0),
  headers: z.record(text, text).default({}),
});

export const rateLimitInput = z.strictObject({
  mode: z.enum(['off', 'shared', 'separate']),
  window_ms: z.number().positive().optional(),
  ceilings: z
    .strictObject({
      poll: z.number().int().nonnegative(),
      deliver: z.number().int().nonnegative(),
      quote: z.number().int().nonnegative(),
      message: z.number().int().nonnegative(),
      upload: z.number().int().nonnegative(),
    })
    .partial()
    .optional(),
});

export const faultInput = z.strictObject({
  /** As the SDK calls it, `orders.deliver`, or `*`. */
  endpoint: text.min(1),
  kind: z.enum(FAULT_KINDS),
  times: z.number().int().positive().nullable().default(null),
  probability: probability.default(1),
  latency_ms: z.number().min(0).max(600_000).default(1000),
  status: z.number().int().min(400).max(599).default(500),
});

/** For a status nobody knows, use overrides. */
export const statusInput = z.strictObject({ status: z.enum(STATUSES) });
