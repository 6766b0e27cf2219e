import { z } from 'zod';
import { FAULT_KINDS } from '../../weather/faults.ts';
import { CEILINGS, HOUR_MS, LIMIT_MODES, LIMIT_ROWS } from '../../weather/rate-limiter.ts';
import { count, probability, text, waitMs } from './shapes.ts';

export const webhookInput = z.strictObject({
  /** Left out: for all agents. */
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
  /** A string is sent unchanged, any other value as JSON. */
  body: z.unknown(),
  /** The value of the event header. */
  event: text.default('raw'),
  signature: z.enum(['valid', 'wrong', 'none']).default('valid'),
  /** Signs with another agent's secret. */
  signed_by: text.optional(),
  timestamp_offset_seconds: z.number().int().default(0),
  headers: z.record(text, text).default({}),
});

const windowMs = z.number().positive();

export const rateLimitInput = z.strictObject({
  mode: z.enum(LIMIT_MODES),
  window_ms: windowMs.default(HOUR_MS),
  /** The length of a window whose first call belongs to this row. The default is `window_ms`. */
  windows: z.partialRecord(z.enum(LIMIT_ROWS), windowMs).default({}),
  ceilings: z
    .strictObject({
      poll: count.default(CEILINGS.poll),
      deliver: count.default(CEILINGS.deliver),
      message: count.default(CEILINGS.message),
      upload: count.default(CEILINGS.upload),
      service: count.default(CEILINGS.service),
    })
    .prefault({}),
  instances: z.number().int().min(1).max(100).default(1),
});

export const trafficInput = z.strictObject({
  /** As calls name the address in `X-Sandbox-Egress`. */
  egress: text.default('127.0.0.1'),
  calls: z.number().int().positive().default(1),
  window_ms: windowMs.default(60_000),
});

export const faultInput = z.strictObject({
  /** The SDK's name of the call, such as `orders.deliver`, or `*`. */
  endpoint: text.min(1),
  kind: z.enum(FAULT_KINDS),
  times: z.number().int().positive().nullable().default(null),
  probability: probability.default(1),
  latency_ms: waitMs.default(1000),
  status: z.number().int().min(400).max(599).default(500),
  over_bytes: count.default(4_500_000),
});
export const faultsQuery = z.strictObject({ endpoint: text.optional() });

export const historyQuery = z.strictObject({
  order_id: text.optional(),
  agent_id: text.optional(),
  endpoint: text.optional(),
});
