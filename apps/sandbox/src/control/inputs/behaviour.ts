import { z } from 'zod';
import { count, waitMs } from './shapes.ts';

export const behaviourInput = z.strictObject({
  x402_gap_ms: waitMs.optional(),
  payout_events: z.boolean().optional(),
  page_size: z.number().int().positive().nullable().optional(),
  edge_body_bytes: count.nullable().optional(),
  fetches_images: z.boolean().optional(),
  image_timeout_ms: waitMs.optional(),
  image_max_bytes: count.optional(),
  deliver_timeout_ms: waitMs.optional(),
  local_sellers: z.boolean().optional(),
  extra_field: z.boolean().optional(),
  platform_stats: z.boolean().optional(),
});
