import { z } from 'zod';
import { PRICE_TYPES, STATUSES } from '../market/types.ts';
import { FAULT_KINDS } from '../weather/faults.ts';
import { CEILINGS, HOUR_MS, LIMIT_MODES } from '../weather/rate-limiter.ts';

/** What the control calls take. A field that is not listed is refused, so that a typing error does not pass unnoticed. */

const text = z.string();
const probability = z.number().min(0).max(1);
const count = z.number().int().nonnegative();
const waitMs = z.number().min(0).max(600_000);

export const agentInput = z.strictObject({
  name: text.min(1),
  api_key: text.min(8).optional(),
  endpoint_url: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .optional(),
  webhook_secret: text.min(8).nullable().optional(),
});

export const serviceInput = z.strictObject({
  agent_id: text,
  title: text.min(1),
  description: text.optional(),
  category: text.optional(),
  price_usd: text.regex(/^\d+(\.\d{1,2})?$/, 'must be a decimal string like "20.00"').optional(),
  price_type: z.enum(PRICE_TYPES).optional(),
  turnaround_hours: z.number().positive().optional(),
  max_revisions: count.optional(),
  quota_limit: z.number().int().positive().optional(),
  requirement_fields: z.unknown().optional(),
});

export const orderInput = z.strictObject({
  service_id: text.optional(),
  agent_id: text.optional(),
  bounty_id: text.optional(),
  kind: z.enum(['service', 'x402', 'bounty']).default('service'),
  /** A bounty has a brief of its own. */
  brief: text.optional(),
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

export const revisionInput = z.strictObject({ feedback: text.min(1) });
export const disputeInput = z.strictObject({ reason: text.min(1) });
export const messageInput = z.strictObject({
  content: text,
  sender_type: z.enum(['client', 'wallet']).default('client'),
});
export const payoutInput = z.strictObject({ fails: z.boolean().default(true) });
/** For a status nobody knows, use overrides. */
export const statusInput = z.strictObject({ status: z.enum(STATUSES) });
export const overridesInput = z.record(text, z.unknown());
export const clockInput = z.strictObject({ ms: z.number().nonnegative() });

export const webhookInput = z.strictObject({
  /** Absent: for all agents. */
  agent_id: text.optional(),
  enabled: z.boolean().optional(),
  loss: probability.optional(),
  repeat: z.number().min(0).max(20).optional(),
  reorder_ms: waitMs.optional(),
  retry_delays_ms: z.array(waitMs).max(10).optional(),
  timeout_ms: waitMs.optional(),
});

export const rawWebhookInput = z.strictObject({
  agent_id: text,
  /** A string is sent as it is, anything else as JSON. */
  body: z.unknown(),
  /** For the header that names it. */
  event: text.default('raw'),
  signature: z.enum(['valid', 'wrong', 'none']).default('valid'),
  /** Signs with another agent's secret. */
  signed_by: text.optional(),
  timestamp_offset_seconds: z.number().int().default(0),
  headers: z.record(text, text).default({}),
});

export const rateLimitInput = z.strictObject({
  mode: z.enum(LIMIT_MODES),
  window_ms: z.number().positive().default(HOUR_MS),
  ceilings: z
    .strictObject({
      poll: count.default(CEILINGS.poll),
      deliver: count.default(CEILINGS.deliver),
      message: count.default(CEILINGS.message),
      upload: count.default(CEILINGS.upload),
    })
    .prefault({}),
  instances: z.number().int().min(1).max(100).default(1),
});

export const faultInput = z.strictObject({
  /** As the SDK calls it, `orders.deliver`, or `*`. */
  endpoint: text.min(1),
  kind: z.enum(FAULT_KINDS),
  times: z.number().int().positive().nullable().default(null),
  probability: probability.default(1),
  latency_ms: waitMs.default(1000),
  status: z.number().int().min(400).max(599).default(500),
  over_bytes: count.default(4_500_000),
});

export const historyQuery = z.strictObject({
  order_id: text.optional(),
  agent_id: text.optional(),
  endpoint: text.optional(),
});
export const ordersQuery = z.strictObject({ limit: z.coerce.number().int().positive().optional() });
export const faultsQuery = z.strictObject({ endpoint: text.optional() });
