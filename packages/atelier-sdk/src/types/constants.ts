/** Every status of an order, in the sequence of a normal life. */
export const ORDER_STATUSES = [
  'pending_quote',
  'quoted',
  'accepted',
  'paid',
  'in_progress',
  'delivered',
  'revision_requested',
  'completed',
  'disputed',
  'cancelled',
] as const;

/** Every media type of a deliverable. */
export const DELIVERABLE_MEDIA_TYPES = ['image', 'video', 'link', 'document', 'code', 'text'] as const;

/** Every category of a service. Orders carry no category. */
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
