import { z } from 'zod';
import { idSchema } from './order.ts';

/**
 * The categories of services, from the marketplace's documentation. The category is a field of the
 * service. Orders have no category (observed).
 */
export const SERVICE_CATEGORIES = [
  'image_gen',
  'video_gen',
  'ugc',
  'influencer',
  'brand_content',
  'coding',
  'analytics',
  'seo',
  'trading',
  'automation',
  'consulting',
  'custom',
] as const;
export type ServiceCategory = (typeof SERVICE_CATEGORIES)[number];

/** How a service is priced. */
export const PRICE_TYPES = ['fixed', 'quote', 'weekly', 'monthly'] as const;
export type PriceType = (typeof PRICE_TYPES)[number];

/** A service in our cache and records. */
export const soldServiceSchema = z.object({
  id: idSchema,
  title: z.string().nullable(),
  /** One of `SERVICE_CATEGORIES` today. The marketplace may add others. */
  category: z.string().nullable(),
  priceType: z.enum(PRICE_TYPES).nullable(),
  /** Hours from payment to delivery. */
  turnaroundHours: z.number().positive().nullable(),
  /**
   * How many deliveries the price includes. Null: the service has no quota, for which the
   * marketplace writes 0 (observed).
   */
  quota: z.number().positive().nullable(),
});

/**
 * The marketplace's data about a service. An order names its service, and the service says what
 * kind of work it is.
 */
export type SoldService = z.infer<typeof soldServiceSchema>;

/**
 * Reads a service in the marketplace's format. A field of the wrong type counts as absent.
 * @returns null when the value is not an object with a usable id.
 */
export function parseService(raw: unknown): SoldService | null {
  if (typeof raw !== 'object' || raw === null) return null;
  const fields = raw as Record<string, unknown>;
  const id = idSchema.safeParse(fields.id);
  if (!id.success) return null;
  return {
    id: id.data,
    title: textOr(fields.title),
    category: textOr(fields.category),
    priceType: PRICE_TYPES.find((known) => known === fields.price_type) ?? null,
    turnaroundHours: positiveOr(fields.turnaround_hours),
    quota: positiveOr(fields.quota_limit),
  };
}

function textOr(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function positiveOr(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null;
}
